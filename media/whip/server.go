package whip

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"handlens/media"
)

const (
	// maxBody is the largest SDP that is read. A browser's offer with every codec it knows has some
	// 8 KiB.
	maxBody = 64 << 10

	// bodyTime is how long the body of a request may take to arrive.
	bodyTime = 10 * time.Second

	// joinTime is how long a host may take over an offer: someone may have to walk to the computer
	// and say yes.
	joinTime = 2 * time.Minute

	// patchTime is how long a session may take over a fragment.
	patchTime = 10 * time.Second

	// defaultJoins is how many offers may be under way at once, unless the configuration says
	// otherwise.
	defaultJoins = 8
)

// Host answers the offers of those who came with the right token.
type Host interface {
	// Join answers an SDP offer; ctx ends when the client goes away, then the answer is of no use.
	// Errors: [ErrBadOffer], [ErrNoVideo], [ErrManyVideos], [ErrNotBundled], [ErrFull],
	// [ErrRefused], anything else being a fault of our own (500). Called from many goroutines.
	Join(ctx context.Context, offer string, from Visitor) (Session, error)
}

// Session is one WHIP session (RFC 9725 section 2). Its methods may be called from many goroutines.
type Session interface {
	// ID names the session in its URL. It must not be guessable (RFC 9725 section 5).
	ID() string
	// Answer is the SDP answer with all candidates in it: none can follow (RFC 9725 section 4.3.2).
	Answer() string
	// ETag is the strong entity tag of the current ICE session; each ICE restart makes another.
	// With or without its quotes.
	ETag() string
	// Patch adds candidates, and returns "", or restarts ICE, and returns the fragment with our new
	// credentials. ifMatch is one entity tag with its quotes, or *. Errors: [ErrStaleETag],
	// [ErrBadFragment]; the session goes on after either.
	Patch(ctx context.Context, ifMatch, frag string) (string, error)
	// Close ends the session for that reason.
	Close(reason media.Reason)
	// Done is closed when the session has ended, for whatever reason.
	Done() <-chan struct{}
}

// Authority is what can be told of the certificate authority that signed our certificate;
// *pairing.Authority is one.
type Authority interface {
	CertificateDER() []byte
	Fingerprint() string
	Name() string
}

// Config is what a [Server] is made of.
type Config struct {
	Token string // the secret of the QR code; must not be empty
	Host  Host   // answers offers
	// Audience answers the offers of viewers, once SetViewerToken lets them in; nil: nobody can.
	Audience Audience
	Pages    fs.FS // index.html, trust.html and all they need; the root of what is served

	// Engine holds what a page needs to detect by itself, its modules in gzip (NAME.wasm.gz); nil
	// when this installation has none. Model is the model in use; false while there is none.
	Engine fs.FS
	Model  func() (ModelFile, bool)

	// Authority is offered under /trust; nil (no nil pointer inside) when the certificate is the
	// user's own and needs no help.
	Authority Authority
	// ICEServers are told to clients that have the token (RFC 9725 section 4.6); usually none.
	ICEServers []media.ICEServer
	// Remembered says whether the phone with that key (see [Visitor]) is given the token by its key
	// alone; nil: none is. It must not wait.
	Remembered func(phone string) bool
	// MaxJoins is how many offers may be under way at once; 0 stands for 8.
	MaxJoins int

	Logger  *slog.Logger // nil: slog.Default()
	Watcher Watcher      // nil: nobody is told
}

// Server answers the HTTP requests. Make it with [NewServer]; [Server.HTTPServer] makes the server
// to run it in.
type Server struct {
	cfg     Config
	log     *slog.Logger
	handler http.Handler
	phones  *endpoint     // WHIP
	viewers *endpoint     // WHEP; shut while nobody may watch
	held    chan struct{} // a place for each answer that is held back
	nonces  nonces
	now     func() time.Time
	// bodyTime is the constant, except in the test of what happens when it is over.
	bodyTime time.Duration

	// ctx ends the offers under way when the server is closed.
	ctx    context.Context
	cancel context.CancelFunc

	compressedPages sync.Map // the pages in gzip, by name
	engineTags      sync.Map // of the engine's files, by name
}

// NewServer makes the server. The error says what is missing in cfg.
func NewServer(cfg Config) (*Server, error) {
	switch {
	case cfg.Token == "":
		return nil, errors.New("the HTTP server needs a token")
	case cfg.Host == nil:
		return nil, errors.New("the HTTP server needs a host that answers offers")
	case cfg.Pages == nil:
		return nil, errors.New("the HTTP server needs the pages that it is to serve")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Watcher == nil {
		cfg.Watcher = noWatcher{}
	}
	if cfg.MaxJoins <= 0 {
		cfg.MaxJoins = defaultJoins
	}
	s := &Server{
		cfg:      cfg,
		log:      cfg.Logger,
		held:     make(chan struct{}, heldAnswers),
		now:      time.Now,
		bodyTime: bodyTime,
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.phones = s.newEndpoint("/whip", s.join)
	s.viewers = s.newEndpoint("/whep", s.watch)
	s.SetToken(cfg.Token)
	s.handler = s.routes()
	return s, nil
}

func (s *Server) newEndpoint(path string,
	begin func(context.Context, *http.Request, string, Visitor) (Session, error),
) *endpoint {
	return &endpoint{
		gate: gate{server: s}, path: path, begin: begin,
		joins: make(chan struct{}, s.cfg.MaxJoins), sessions: make(map[string]*session),
	}
}

// join has the host answer a phone's offer.
func (s *Server) join(ctx context.Context, _ *http.Request, offer string, from Visitor) (Session,
	error,
) {
	return s.cfg.Host.Join(ctx, offer, from)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.cfg.Watcher.Asked(remote(r))
	s.handler.ServeHTTP(w, r)
}

// Close ends every session and every offer under way, waits for the server's goroutines, and takes
// no more offers.
func (s *Server) Close() error {
	s.cancel()
	s.viewers.close()
	s.phones.close()
	return nil
}

// routes says what answers where.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.phones.route(mux, s.watchToken)
	s.viewers.route(mux, s.whileShared)
	for _, method := range []string{"GET", "OPTIONS"} {
		mux.Handle(method+" /watch/phones",
			s.whileShared(crossOrigin(http.HandlerFunc(s.watchable))))
	}
	mux.Handle("/watch", s.whileShared(readOnly(s.watchPage)))
	mux.Handle("/progress", s.watchToken(http.HandlerFunc(s.progress)))
	mux.HandleFunc("POST /key", s.key)
	mux.Handle("/{$}", readOnly(s.index))
	mux.Handle("/{file...}", readOnly(s.asset))
	mux.Handle("/engine/{file}", readOnly(s.engine))
	mux.Handle("/model", readOnly(s.model))
	mux.Handle("/model/{sha256}", readOnly(s.modelFile))
	mux.Handle("/trust", readOnly(s.trustPage))
	mux.Handle("/trust/ca.crt", readOnly(s.trustCertificate))
	mux.Handle("/trust/ca.mobileconfig", readOnly(s.trustProfile))
	mux.Handle("/trust/ca.json", readOnly(s.trustInfo))
	return secure(mux)
}

// route adds the endpoint and its sessions. A method that they do not have gives 405 with Allow by
// the mux itself, as RFC 9725 section 4.2 wants of both kinds.
func (p *endpoint) route(mux *http.ServeMux, around func(http.Handler) http.Handler) {
	api := http.NewServeMux()
	both := []string{p.path, p.path + "/{$}"} // people write it either way
	for _, path := range both {
		api.HandleFunc("POST "+path, p.post)
		api.HandleFunc("OPTIONS "+path, p.options)
		api.HandleFunc("GET "+path, p.noContent)
	}
	one := p.path + "/{id}"
	api.HandleFunc("PATCH "+one, p.patch)
	api.HandleFunc("DELETE "+one, p.delete)
	api.HandleFunc("OPTIONS "+one, p.sessionOptions)
	api.HandleFunc("GET "+one, p.sessionNoContent)
	for _, resource := range append(both, one) {
		mux.Handle(resource, around(crossOrigin(api)))
	}
}

// readOnly lets GET and HEAD pass. The mux could do this by "GET /…" patterns, but such a one for
// all files would conflict with those of the WHIP resources.
func readOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		next(w, r)
	})
}
