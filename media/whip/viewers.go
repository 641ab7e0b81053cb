package whip

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Audience answers the offers of those who came with the viewers' token.
type Audience interface {
	// Watch answers the SDP offer of one who wants to see a phone's video; ctx ends when the client
	// goes away. Errors: [ErrBadOffer], [ErrNoVideo], [ErrNotBundled], [ErrOtherCodec],
	// [ErrNoPhone], [ErrNothingSent], [ErrManyViewers], [ErrRefused], anything else being a fault
	// of our own (500). Called from many goroutines.
	Watch(ctx context.Context, offer string, wish Wish, from Visitor) (Session, error)
	// Phones are those whose video can be watched, the newest last, as far as somebody may know
	// them who has, or had, the session of that ID; "" for none.
	Phones(session string) []Phone
	// Comes is told of a viewer's request, before anything becomes of it. It must not wait.
	Comes(from Visitor)
}

// Wish is what a viewer asks to see.
type Wish struct {
	// Phone is the ID of one of the phones; "" for the newest.
	Phone string
	// Again is the ID of a session that the viewer has or had: one that was let in need not be
	// asked for once more to see another phone, or after its connection broke. "" for none.
	Again string
}

// Phone is a phone whose video can be watched.
type Phone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// maxName bounds the names in a query, in characters.
const maxName = 64

// parseWish reads the query of an offer: phone=ID and again=ID. What else stands there is left
// alone.
func parseWish(query string) (Wish, error) {
	values, err := url.ParseQuery(query)
	if err != nil || !areNames(values["phone"]) || !areNames(values["again"]) {
		return Wish{}, ErrBadQuery
	}
	return Wish{Phone: values.Get("phone"), Again: values.Get("again")}, nil
}

// areNames says whether there is at most one name, as we make them.
func areNames(values []string) bool {
	return len(values) == 0 || len(values) == 1 && len(values[0]) <= maxName &&
		!strings.ContainsFunc(values[0], func(r rune) bool {
			letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
			return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
		})
}

// watch has the audience answer a viewer's offer.
func (s *Server) watch(ctx context.Context, r *http.Request, offer string, from Visitor) (Session,
	error,
) {
	wish, err := parseWish(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return s.cfg.Audience.Watch(ctx, offer, wish, from)
}

// notShared is answered while nobody may watch.
const notShared = "This computer lets nobody watch in a browser now. The person there can change " +
	"that."

// whileShared answers 404 while nobody may watch.
func (s *Server) whileShared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.cfg.Audience == nil || !s.viewers.open() {
			if r.URL.Path == "/watch" { // a person reads it
				http.Error(w, notShared, http.StatusNotFound)
				return
			}
			w.Header().Set("Access-Control-Allow-Origin", "*") // a foreign page may know, too
			fail(w, http.StatusNotFound, errors.New(notShared))
			return
		}
		s.cfg.Audience.Comes(visitor(r, ""))
		next.ServeHTTP(w, r)
	})
}

// watchPage serves the viewers' page. It holds no secret, so it needs no token.
func (s *Server) watchPage(w http.ResponseWriter, r *http.Request) {
	s.file(w, r, "watch.html", typeHTML)
}

// watchable tells of the phones that can be watched: GET /watch/phones, with the viewers' token.
// Who was let in says by which session, again=ID, as in an offer.
func (s *Server) watchable(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions { // CORS
		allow(w.Header(), "GET, HEAD, OPTIONS", "GET, OPTIONS")
		return
	}
	if !s.viewers.authorized(w, r) {
		return
	}
	wish, err := parseWish(r.URL.RawQuery)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	phones := s.cfg.Audience.Phones(wish.Again)
	if phones == nil {
		phones = []Phone{}
	}
	data, err := json.Marshal(phones)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	serve(w, r, typeJSON, data)
}
