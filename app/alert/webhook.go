package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // what snapshots are saved as
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"handlens/app/rules"
	"handlens/media/inputfile"
)

// SecretVariable is the environment variable with the secret by which a webhook's receiver knows
// that the message is ours: X-Handlens-Signature is then "sha256=" and the HMAC of the body in
// hexadecimal digits.
const SecretVariable = "HANDLENS_WEBHOOK_SECRET"

const (
	maxPicture  = 32 << 20 // bytes of a picture that is sent along
	jpegQuality = 85
	sendTime    = 15 * time.Second
	longestWait = time.Minute // before another try, whatever the receiver asks for
)

// tries are how long each new try of a webhook waits.
var tries = []time.Duration{time.Second, 4 * time.Second, 15 * time.Second, time.Minute}

// client follows no redirection: what is sent goes where the user said, and nowhere else.
var client = &http.Client{
	Timeout: sendTime,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// send tells a webhook of an alert, and tries again where that may help, until waiting ends.
func send(ctx, waiting context.Context, a Alert, do rules.Action) error {
	if do.Picture && a.Snapshot != "" {
		picture, err := asJPEG(a.Snapshot)
		if err != nil {
			return fmt.Errorf("the picture cannot be sent along: %w", err)
		}
		a.Picture = picture
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		again, wait, err := post(ctx, do.To, a.ID, body)
		if !again || n == len(tries) || waiting.Err() != nil {
			return err
		}
		select {
		case <-time.After(min(max(wait, tries[n]), longestWait)):
		case <-waiting.Done():
			return err
		}
	}
}

// asJPEG reads a picture that we have saved, and makes it small enough to be sent.
func asJPEG(path string) ([]byte, error) {
	file, err := inputfile.Read(path, maxPicture)
	if err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: jpegQuality})
	return b.Bytes(), err
}

// post makes one try. After an error, again says whether another may help, and wait for how long
// the receiver asks to be left alone.
func post(ctx context.Context, to, id string, body []byte) (
	again bool, wait time.Duration, err error,
) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return false, 0, errors.New("the address makes no sense")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Handlens")
	req.Header.Set("X-Handlens-Delivery", id)
	if secret := os.Getenv(SecretVariable); secret != "" {
		sum := hmac.New(sha256.New, []byte(secret))
		sum.Write(body)
		req.Header.Set("X-Handlens-Signature", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	}
	res, err := client.Do(req)
	if err != nil {
		return true, 0, withoutAddress(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // to use the connection again
	switch code := res.StatusCode; {
	case code < 300:
		return false, 0, nil
	case code < 400:
		return false, 0, fmt.Errorf("it was answered by %s, and redirections are not followed",
			res.Status)
	default:
		again = code >= 500 || code == http.StatusTooManyRequests ||
			code == http.StatusRequestTimeout
		if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
			wait = min(time.Duration(s)*time.Second, longestWait)
		}
		return again, wait, fmt.Errorf("it was answered by %s", res.Status)
	}
}

// withoutAddress leaves the address out of an error, since it may hold a password.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("it cannot be reached: %w", err)
}
