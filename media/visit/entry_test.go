package visit

import (
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// Each problem comes by its cause, in time, and goes with the next rung.
func TestEachProblem(t *testing.T) {
	g := phone(first, "Pixel")
	told := func(what Problem) func(d *diary) { return func(d *diary) { d.Told(g, what) } }
	denied := func(why Problem) func(d *diary) { return func(d *diary) { d.Denied(g, why) } }
	join := func(what Problem) func(d *diary) {
		return func(d *diary) { d.Answered(d.Offered(g), what) }
	}
	none := func(*diary) {}
	seen := map[Problem]bool{HandshakeFailed: true} // has a test of its own, below
	for _, c := range []struct {
		at    Rung
		cause func(d *diary)
		after time.Duration // 0: at once
		want  Problem
	}{
		{TCP, func(d *diary) { d.Balked(first, ours, true) }, 0, CertificateRefused},
		{TCP, func(d *diary) { d.Balked(first, ours, false) }, brokenAfter, HandshakeBroken},
		{TLS, none, requestWithin, NoRequest},
		{Page, none, scriptsWithin, PageSilent},
		{Page, denied(NoToken), 0, NoToken},
		{Page, denied(WrongToken), 0, WrongToken},
		{Token, denied(WrongToken), 0, WrongToken}, // renewed meanwhile
		{Page, denied(LockedOut), 0, LockedOut},
		{Token, none, 0, AwaitingTap},
		{Token, told(CameraAsking), 0, CameraAsking},
		{Token, told(CameraDenied), 0, CameraDenied},
		{Token, told(CameraMissing), 0, CameraMissing},
		{Token, told(CameraBusy), 0, CameraBusy},
		{Token, told(CameraInsecure), 0, CameraInsecure},
		{Token, told(CameraUnsupported), 0, CameraUnsupported},
		{Token, told(CameraFailed), 0, CameraFailed},
		{KeyFrame, told(CameraBusy), 0, CameraBusy}, // a call has taken it
		{Camera, join(AwaitingApproval), 0, AwaitingApproval},
		{Camera, join(Refused), 0, Refused},
		{Camera, join(Full), 0, Full},
		{Camera, join(OfferUnusable), 0, OfferUnusable},
		{Camera, join(NoProblem), pathWithin, NoPath},
		{ICE, none, videoWithin, NoVideo},
		{RTP, none, keyFrameWithin, NoKeyFrame},
		{ICE, func(d *diary) { d.Undecodable("phone-1") }, 0, NoDecoder},
		{KeyFrame, func(d *diary) { d.Model(ModelLoading) }, 0, ModelLoading},
		{KeyFrame, func(d *diary) { d.Model(ModelFailed) }, 0, ModelFailed},
		{KeyFrame, func(d *diary) { d.Looked("phone-1", 0) }, boxWithin, NothingFound},
		{ICE, func(d *diary) { d.Path("phone-1", true, first.Addr()) }, 0, OverTCP},
		{Box, func(d *diary) { d.Path("phone-1", true, first.Addr()) }, 0, OverTCP},
		{Box, func(d *diary) { d.Away("phone-1") }, 0, OutOfReach},
	} {
		d := newDiary()
		d.climb(c.at)
		before := d.problem(t)
		c.cause(d)
		if c.after > 0 {
			d.pass(c.after - 20*time.Millisecond)
			if p := d.problem(t); p != before {
				t.Errorf("%v after less than %v: %v", c.want, c.after, p)
			}
			d.pass(20 * time.Millisecond)
		}
		d.told = nil
		seen[c.want] = true
		last := d.problem(t)
		if last != c.want {
			t.Errorf("at %v: %v, want %v", c.at, last, c.want)
		}
		if c.after > 0 && (len(d.told) != 1 || !strings.HasSuffix(d.told[0], c.want.String())) {
			t.Errorf("%v is told as %q", c.want, d.told)
		}
	}
	for _, p := range Problems() {
		if !seen[p] {
			t.Errorf("nothing causes %v here", p)
		}
	}
}

// Problems end when what they wait for comes.
func TestProblemsEnd(t *testing.T) {
	g := phone(first, "Pixel")
	for _, c := range []struct {
		name       string
		at         Rung
		begin, end func(d *diary)
		want       Problem
	}{
		{
			"certificate", TCP, func(d *diary) { d.Balked(first, ours, true) },
			func(d *diary) { d.Encrypted(port(2), ours) }, NoProblem,
		},
		{
			"token", Page, func(d *diary) { d.Denied(g, WrongToken) },
			func(d *diary) { d.Told(g, AwaitingTap) }, AwaitingTap,
		},
		{
			"camera", Token, func(d *diary) { d.Told(g, CameraDenied) },
			func(d *diary) { d.Told(g, NoProblem) }, NoProblem,
		},
		{
			"approval", Camera, func(d *diary) { d.Answered(d.Offered(g), AwaitingApproval) },
			func(d *diary) { d.Answered("v1", NoProblem) }, NoProblem,
		},
		{
			"path", Camera, func(d *diary) {
				d.Joined(d.Offered(g), "phone-1")
				d.Answered("v1", NoProblem)
				d.pass(time.Minute)
			}, func(d *diary) { d.Connected("phone-1") }, NoProblem,
		},
		{
			"TCP", Box, func(d *diary) { d.Path("phone-1", true, first.Addr()) },
			func(d *diary) { d.Path("phone-1", false, first.Addr()) }, NoProblem,
		},
		{
			"decoder", ICE, func(d *diary) { d.Undecodable("phone-1") },
			func(d *diary) { d.Arose("phone-1", KeyFrame, d.present()) }, NoProblem,
		},
		{
			"model", KeyFrame, func(d *diary) { d.Model(ModelLoading) },
			func(d *diary) { d.Model(NoProblem) }, NoProblem,
		},
		{
			"reach", Box, func(d *diary) { d.Away("phone-1") },
			func(d *diary) { d.Connected("phone-1") }, NoProblem,
		},
	} {
		d := newDiary()
		d.climb(c.at)
		c.begin(d)
		if p := d.problem(t); p == c.want {
			t.Errorf("%s: there is no problem", c.name)
		}
		c.end(d)
		if p := d.problem(t); p != c.want {
			t.Errorf("%s: %v is left, want %v", c.name, p, c.want)
		}
	}
}

// What kept a device is told to the end.
func TestProblemsOutliveTheVisit(t *testing.T) {
	for code, want := range map[media.ReasonCode]Problem{
		media.NeverReached: NoPath, media.HandshakeFailed: HandshakeFailed,
		media.PhoneLeft: NoProblem,
	} {
		d := newDiary()
		d.climb(Camera)
		d.Joined(d.Offered(phone(first, "Pixel")), "s")
		d.Answered("v1", NoProblem)
		d.Left("s", media.Reason{Code: code})
		d.pass(time.Minute)
		if v := d.newest(t); v.Problem != want || !v.Over {
			t.Errorf("reason %d: %v, over is %v, want %v", code, v.Problem, v.Over, want)
		}
	}
}
