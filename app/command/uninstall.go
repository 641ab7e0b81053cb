package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"handlens/app/cli"
	"handlens/app/instance"
	"handlens/media/record"
)

var uninstallCommand = &cli.Command{
	Name:    "uninstall",
	Summary: "remove what Handlens keeps for this user, but no pictures and recordings",
	About: `It removes settings, remembered phones, models that were added or downloaded, reports
of crashes, and the certificates with the key of this computer's authority. Use it before the
program itself is removed, which does not touch what users keep.`,
	Notes: `A folder that was named by --data-dir is yours: delete it yourself. Devices that were
told to trust this computer's authority list it still; without its key, nobody can make certificates
that they trust.`,
	New: func() cli.Options { return new(uninstallFlags) },
}

// uninstallFlags is what the command line of uninstall says.
type uninstallFlags struct {
	yes     bool
	dataDir string
}

func (u *uninstallFlags) Flags() []cli.Flag {
	return []cli.Flag{{Name: "yes", To: &u.yes, Help: "do it; without this it is only said"}}
}

func (u *uninstallFlags) Check(args cli.Args) (err error) {
	if len(args.Rest) > 0 {
		return fmt.Errorf("it takes nothing, not %q", args.Rest[0])
	}
	u.dataDir, err = cli.DefaultDataDir()
	return err
}

// Run removes the user's own folders of the program, or says which they are.
func (u *uninstallFlags) Run(ctx context.Context, stdout, _ io.Writer) error {
	folders := []string{u.dataDir}
	for _, of := range []func() (string, error){os.UserConfigDir, os.UserCacheDir} {
		if dir, err := of(); err == nil { // Fyne's, see ui.AppID
			folders = append(folders, filepath.Join(dir, "fyne", "app.handlens.desktop"))
		}
	}
	if u.yes {
		if err := notRunning(u.dataDir); err != nil {
			return err
		}
		forgetTrust(ctx)
	}
	found := false
	for _, dir := range folders {
		if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
			continue
		}
		found = true
		if u.yes {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			fmt.Fprintf(stdout, "removed  %s\n", dir)
			if above := filepath.Dir(dir); filepath.Base(above) == "fyne" {
				_ = os.Remove(above) // unless another program has something there
			}
		} else {
			fmt.Fprintf(stdout, "would go %s\n", dir)
		}
	}
	if !found {
		fmt.Fprintln(stdout, "There is nothing to remove.")
	}
	sayWhatStays(stdout)
	if found && !u.yes {
		fmt.Fprintln(stdout, "Nothing was removed yet: handlens uninstall --yes does it.")
	}
	return nil
}

// notRunning refuses while a window uses the data folder.
func notRunning(dataDir string) error {
	if _, err := os.Stat(dataDir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	claim, err := instance.Take(dataDir)
	if errors.Is(err, instance.ErrTaken) {
		return errors.New("Handlens is running; close its window first")
	}
	if claim != nil {
		claim.Close()
	}
	return nil
}

// sayWhatStays names the folders of what the user has taken.
func sayWhatStays(stdout io.Writer) {
	for _, folder := range []func() (string, error){record.PicturesDir, record.VideosDir} {
		dir, err := folder()
		if err != nil {
			continue
		}
		if _, err := os.Stat(dir); err == nil {
			fmt.Fprintf(stdout, "stays    %s\n", dir)
		}
	}
}

// forgetTrust takes the authority out of the list of Chromium's certificates, where the page /trust
// has it put on Linux. That it is not there, or the tool is not, is no error.
func forgetTrust(ctx context.Context) {
	home, err := os.UserHomeDir()
	if err != nil || runtime.GOOS != "linux" {
		return
	}
	list := filepath.Join(home, ".pki", "nssdb")
	if _, err := os.Stat(list); err == nil {
		_ = exec.CommandContext(ctx, "certutil", "-D", "-d", "sql:"+list, "-n", "Handlens").Run()
	}
}
