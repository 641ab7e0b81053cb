package forward

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"handlens/app/recording"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/peer"
	"handlens/media/whip/client"
)

// TokenVariable is the environment variable with the server's bearer token, which is to stand on no
// command line.
const TokenVariable = "HANDLENS_FORWARD_TOKEN"

const (
	// firstRetry and lastRetry are how soon it is tried again, twice as late each time.
	firstRetry, lastRetry = time.Second, time.Minute
	// steady is how long a connection must have stood for the next attempt to be soon again.
	steady = 10 * time.Second
	// endTime is how long the server has to hear that it is over.
	endTime = 2 * time.Second
)

// Source is the phone.
type Source struct {
	// Name is what the phone is called now.
	Name func() string
	// Feed is its video as it comes.
	Feed *peer.Feed
	// Live makes the video with boxes; nil where Feed is sent.
	Live func() *recording.Live
}

// Forward sends one phone's video on.
type Forward struct {
	target  Target
	source  Source
	changed func(media.Forward)
	log     *slog.Logger
	cancel  context.CancelFunc
	done    chan struct{}
	// servers are the ICE servers that came too late for the connection before.
	servers []media.ICEServer
}

// Start begins to send a phone's video to a target. The function is told of each change, from one
// goroutine, and must not wait.
func Start(t Target, s Source, log *slog.Logger, changed func(media.Forward)) *Forward {
	ctx, cancel := context.WithCancel(context.Background())
	f := &Forward{
		target: t, source: s, changed: changed, log: log, cancel: cancel,
		done: make(chan struct{}),
	}
	go f.run(ctx)
	return f
}

// Stop ends it, without waiting; Done is closed when the server has been told, or did not listen.
func (f *Forward) Stop() { f.cancel() }

// Done is closed when all is over.
func (f *Forward) Done() <-chan struct{} { return f.done }

// run is the goroutine of a Forward.
func (f *Forward) run(ctx context.Context) {
	defer close(f.done)
	defer f.cancel()
	retry := firstRetry
	for ctx.Err() == nil {
		began := time.Now()
		f.say(media.ForwardWaits, 0)
		stood, err := f.connect(ctx)
		switch {
		case ctx.Err() != nil, errors.Is(err, peer.ErrNoFeed):
			f.say(media.ForwardOff, 0)
			return
		case errors.Is(err, peer.ErrVideoEnded):
			retry = firstRetry // the phone changed its codec, or is about to leave
			continue
		}
		if stood && time.Since(began) > steady {
			retry = firstRetry
		}
		// Servers that come back are not to be met by all their clients at once.
		wait := retry + rand.N(retry/4)
		st := media.Forward{Retry: wait}
		st.Code, st.Status = codeOf(err)
		f.log.Debug("forwarding", "error", err)
		f.tell(st)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		retry = min(2*retry, lastRetry)
	}
	f.say(media.ForwardOff, 0)
}

func (f *Forward) say(code media.ForwardCode, status int) {
	f.tell(media.Forward{Code: code, Status: status})
}

func (f *Forward) tell(st media.Forward) {
	st.Host = f.target.Host()
	f.changed(st)
}

// connect sends the video until that is over, and says whether it ever stood.
func (f *Forward) connect(ctx context.Context) (stood bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := f.source.Feed.Await(ctx); err != nil {
		return false, err
	}
	f.say(media.ForwardConnecting, 0)
	endpoint, err := f.target.endpoint(f.source.Name())
	if err != nil {
		return false, err
	}
	// Before anything is encoded: is there anybody?
	servers, err := endpoint.Servers(ctx)
	if err != nil {
		return false, err
	}
	feed := f.source.Feed
	if f.source.Live != nil {
		var end func()
		feed, end = f.encode(ctx, cancel)
		defer end()
		if err := feed.Await(ctx); err != nil {
			return false, cause(ctx, err)
		}
	}
	return f.publish(ctx, endpoint, feed, append(servers, f.servers...))
}

// publish hands a feed to the server and returns when that is over, or could not begin.
func (f *Forward) publish(ctx context.Context, endpoint *client.Endpoint, feed *peer.Feed,
	servers []media.ICEServer,
) (stood bool, err error) {
	p, err := peer.Publish(ctx, feed, peer.PublishConfig{
		Servers: servers, Loopback: isLocal(f.target.url.Hostname()), Logger: f.log,
	})
	if err != nil {
		return false, err
	}
	defer p.Close()
	made, err := endpoint.Post(ctx, p.Offer())
	defer f.end(ctx, endpoint, made)
	if err != nil {
		return false, err
	}
	if err := p.Connect(ctx, made.Answer); err != nil {
		if errors.Is(err, peer.ErrUnreached) && len(servers) == 0 {
			f.servers = made.Servers // they came too late for this offer
		}
		return false, cause(ctx, err)
	}
	f.say(media.ForwardLive, 0)
	select {
	case <-p.Done():
		return true, p.Err()
	case <-ctx.Done():
		return true, context.Cause(ctx)
	}
}

// end tells the server that it is over, if it listens.
func (f *Forward) end(ctx context.Context, endpoint *client.Endpoint, made *client.Resource) {
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := endpoint.Delete(over, made); err != nil {
		f.log.Debug("ending what was forwarded", "error", err)
	}
}

// cause prefers what ended the context to an error that came of it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// encode begins to make the video with boxes, and returns a feed of it. The context ends with what
// keeps it from going on.
func (f *Forward) encode(ctx context.Context, failed context.CancelCauseFunc) (
	*peer.Feed, func(),
) {
	live := f.source.Live()
	feed := peer.NewFeed(live.ForceKey)
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := live.Run(ctx, feed.Packet)
		if err == nil {
			err = peer.ErrVideoEnded
		}
		failed(err)
		feed.Close(media.Reason{Code: media.PhoneLeft})
	}()
	return feed, func() {
		stop()
		<-done
	}
}

// codeOf says what an error means to people.
func codeOf(err error) (code media.ForwardCode, status int) {
	if s, ok := errors.AsType[*client.StatusError](err); ok {
		switch s.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return media.ForwardRefused, 0
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return media.ForwardNotFound, 0
		}
		return media.ForwardStatus, s.Status
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return media.ForwardUntrusted, 0
	}
	if _, ok := errors.AsType[*media.Fault](err); ok || errors.Is(err, ffmpeg.ErrNoEncoder) {
		return media.ForwardEncoder, 0
	}
	for _, pair := range []struct {
		err  error
		code media.ForwardCode
	}{
		{client.ErrAnswer, media.ForwardBadAnswer},
		{peer.ErrBadAnswer, media.ForwardBadAnswer},
		{peer.ErrCodecRefused, media.ForwardCodec},
		{peer.ErrUnreached, media.ForwardNoWay},
		{peer.ErrLost, media.ForwardLost},
	} {
		if errors.Is(err, pair.err) {
			return pair.code, 0
		}
	}
	return media.ForwardUnreachable, 0
}

// isLocal says whether a host is this very machine by its loopback interface.
func isLocal(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	found, err := net.LookupHost(host)
	return err == nil && slices.ContainsFunc(found, func(text string) bool {
		ip, err := netip.ParseAddr(text)
		return err == nil && ip.IsLoopback()
	})
}
