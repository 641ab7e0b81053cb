package alert

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// players are programs that play a WAV file, with their options; the first that is there is taken.
// None of the libraries for sound is linked: a program that is there anyway does it as well.
func players() [][]string {
	switch runtime.GOOS {
	case "darwin":
		return [][]string{{"afplay"}}
	case "windows":
		return [][]string{{
			"powershell", "-NoProfile", "-Command",
			"(New-Object Media.SoundPlayer $args[0]).PlaySync()",
		}}
	}
	return [][]string{{"pw-play"}, {"paplay"}, {"aplay", "-q"}}
}

const soundTime = 10 * time.Second

// chime makes this computer sound.
func chime(ctx context.Context) error {
	for _, p := range players() {
		program, err := exec.LookPath(p[0])
		if err != nil {
			continue
		}
		return play(ctx, program, p[1:])
	}
	return errors.New("there is none of the programs that play one " +
		"(pw-play, paplay or aplay on Linux)")
}

func play(ctx context.Context, program string, options []string) error {
	f, err := os.CreateTemp("", "handlens-*.wav")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(wav(twoTones())); err == nil {
		err = f.Close()
	} else {
		f.Close()
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, soundTime)
	defer cancel()
	said := new(tail)
	cmd := exec.CommandContext(ctx, program, append(options, f.Name())...)
	cmd.WaitDelay = killAfter
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, said.last())
	}
	return nil
}

const sampleRate = 44100

// twoTones is a high tone and a lower one, each struck and dying away, as a doorbell has them.
func twoTones() []int16 {
	const each, length, loud = 0.35, 1.2, 0.4
	samples := make([]int16, int(length*sampleRate))
	for i := range samples {
		t := float64(i) / sampleRate
		v := 0.0
		for n, pitch := range []float64{659.26, 523.25} { // E5, C5
			if since := t - float64(n)*each; since >= 0 {
				struck := min(1, since/0.005) * math.Exp(-5*since)
				v += struck * math.Sin(2*math.Pi*pitch*since)
			}
		}
		samples[i] = int16(loud * v / 2 * math.MaxInt16)
	}
	return samples
}

// wav is a file with one channel of 16 bits.
func wav(samples []int16) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	size := uint32(2 * len(samples))
	b.WriteString("RIFF")
	put(36 + size)
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put(uint16(1)) // PCM
	put(uint16(1)) // channels
	put(uint32(sampleRate))
	put(uint32(2 * sampleRate)) // bytes a second
	put(uint16(2))              // bytes of a sample
	put(uint16(16))             // bits of it
	b.WriteString("data")
	put(size)
	put(samples)
	return b.Bytes()
}
