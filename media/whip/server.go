package whip

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
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
	// Vouches says whether our certificate for that address of ours, and for the name that the
	// client asked for, if any, is signed by the authority and good for them.
	Vouches(local netip.Addr, name string) bool
	// Fresh makes a server's certificate that nobody has seen before.
	Fresh(local netip.Addr, name string) (*tls.Certificate, error)
}

// Config is what a [Server] is made of.
type Config struct {
	Token string // the secret of the QR code; must not be empty
	Host  Host   // answers offers
	Pages fs.FS  // index.html, trust.html and all they need; the root of what is served

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
	token   atomic.Pointer[secret]
	handler http.Handler
	guesses guesses
	held    chan struct{} // a place for each answer that is held back
	nonces  nonces
	probes  *probes
	joins   chan struct{} // a place for each offer under way
	now     func() time.Time
	// bodyTime is the constant, except in the test of what happens when it is over.
	bodyTime time.Duration

	// ctx ends the offers under way when the server is closed.
	ctx    context.Context
	cancel context.CancelFunc

	compressedPages sync.Map // the pages in gzip, by name
	engineTags      sync.Map // of the engine's files, by name

	mu       sync.Mutex
	sessions map[string]*session
	closed   bool
	wg       sync.WaitGroup
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
		joins:    make(chan struct{}, cfg.MaxJoins),
		held:     make(chan struct{}, heldAnswers),
		sessions: make(map[string]*session),
		now:      time.Now,
		bodyTime: bodyTime,
		probes:   newProbes(),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.SetToken(cfg.Token)
	s.handler = s.routes()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.cfg.Watcher.Asked(remote(r))
	s.handler.ServeHTTP(w, r)
}

// Close ends every session and every offer under way, waits for the server's goroutines, and takes
// no more offers.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.cancel()
	open := make([]*session, 0, len(s.sessions))
	for _, e := range s.sessions {
		open = append(open, e)
	}
	s.mu.Unlock()
	for _, e := range open {
		e.Close(media.Reason{Code: media.ProgramClosed})
		e.forget()
	}
	s.wg.Wait()
	return nil
}

// routes says what answers where. A method that a WHIP resource does not have gives 405 with Allow
// by the mux itself, as RFC 9725 section 4.2 wants of both kinds.
func (s *Server) routes() http.Handler {
	api := http.NewServeMux()
	for _, endpoint := range []string{"/whip", "/whip/{$}"} { // people write it either way
		api.HandleFunc("POST "+endpoint, s.post)
		api.HandleFunc("OPTIONS "+endpoint, s.options)
		api.HandleFunc("GET "+endpoint, s.noContent)
	}
	api.HandleFunc("PATCH /whip/{id}", s.patch)
	api.HandleFunc("DELETE /whip/{id}", s.delete)
	api.HandleFunc("OPTIONS /whip/{id}", s.sessionOptions)
	api.HandleFunc("GET /whip/{id}", s.sessionNoContent)

	mux := http.NewServeMux()
	for _, resource := range []string{"/whip", "/whip/{$}", "/whip/{id}"} {
		mux.Handle(resource, s.watchToken(crossOrigin(api)))
	}
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
	mux.HandleFunc("POST /trust/probe", s.announceProbe)
	mux.HandleFunc("GET /trust/probe", s.probe)
	mux.Handle("/watch", readOnly(http.NotFound)) // kept for the viewers' page
	return secure(mux)
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
