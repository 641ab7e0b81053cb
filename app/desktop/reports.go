package desktop

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"handlens/inference/ort"
	"handlens/media/atomicfile"
)

// reportsNote is the file in the data folder that says that removeReports has done its work.
const reportsNote = "usage-reports.txt"

// removeReports deletes, once for each data folder, what ONNX Runtime's usage reports left on this
// computer when earlier versions of Handlens did not turn them off, and says so on stderr and in a
// note in the folder. Where no earlier version ran there is nothing of ours to delete: other
// programs may report on purpose. Call it before anything is written to the folder.
func removeReports(dataDir string, stderr io.Writer) error {
	note := filepath.Join(dataDir, reportsNote)
	if exists(note) {
		return nil
	}
	var text strings.Builder
	text.WriteString("Handlens keeps ONNX Runtime from reporting how it is used.\n")
	if exists(filepath.Join(dataDir, "certificates")) { // made by the first start
		removed, err := ort.RemoveReports()
		if err != nil {
			return fmt.Errorf(
				"what ONNX Runtime's usage reports left behind could not all be removed: %w", err)
		}
		if len(removed) > 0 {
			fmt.Fprintf(stderr, "handlens: removed what ONNX Runtime's usage reports had left on "+
				"this computer (files: %d); %s"+
				" lists it.\n", len(removed), note)
			text.WriteString("Earlier versions did not. What its reports had left on this " +
				"computer was " +
				"removed:\n")
			for _, path := range removed {
				text.WriteString(path + "\n")
			}
		}
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return err
	}
	return atomicfile.Create(note, 0o600, atomicfile.Bytes([]byte(text.String())))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
