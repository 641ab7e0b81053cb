#!/bin/sh
# Proves the recipe from drawing photos to a model file in a few minutes on two processor cores: PYTHON=python3 smoke.sh [FOLDER]
# It fails when a step does, when the file's answers are not the network's, or when the network has not learnt the shapes.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
folder=${1:-}
if [ -z "$folder" ]; then
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
fi
"$python" drawn.py --out "$folder/drawn"
"$python" prepare.py --training "$folder/drawn" --out "$folder/photos"
"$python" train.py --photos "$folder/photos" --out "$folder/run" --plan smoke --rounds 2
"$python" train.py --photos "$folder/photos" --out "$folder/run" --plan smoke # goes on after the second round
"$python" export.py --checkpoint "$folder/run/last.pt" --out "$folder/smoke.onnx" --side 160 --classes person,car,bus,dog
"$python" - "$folder/run/log.jsonl" <<'PROOF'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
scores = lines[-1]["ap50"]
print("AP50 of the shapes:", scores)
sys.exit(0 if lines[-1]["class"] < lines[0]["class"] / 2 and sum(scores.values()) / len(scores) > 0.5 else "the shapes were not learnt")
PROOF
