# Handlens. `make` alone tells what there is.

# Versions, all of them. The Go ones stand in go.mod; the tests compare what is linked and loaded with these.
FFMPEG_VERSION := 9.0.2
FFMPEG_SHA256 := 8c3850283eb25fa026482078a04051e0be17347b09ef81a0849bec15a96e002e
DAV1D_VERSION := 1.5.3
DAV1D_SHA256 := 732010aa5ef461fa93355ed2c6c5fedb48ddc4b74e697eaabe8907eaeb943011
NVENC_VERSION := 12.1.14.0
NVENC_SHA256 := 0ca1a0c85b149646fa6ce4d600584507fdccf5a23d58e668d8701e89cee0c3fb
ORT_VERSION := 1.30.0
LINT_VERSION := v2.5.0
GOFUMPT_VERSION := v0.8.0
HANDLENS_VERSION := 0.1.0

export FFMPEG_VERSION FFMPEG_SHA256 DAV1D_VERSION DAV1D_SHA256 NVENC_VERSION NVENC_SHA256 ORT_VERSION
ENV := . build/env.sh &&
PROGRAM := build/handlens

.PHONY: help run build test race bench lint setup setup-test fuzz clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: build ## set up, build and open the app (ARGS="--port 9000" hands it options)
	@$(ENV) exec $(PROGRAM) $(ARGS)

build: setup ## set up and build the program at build/handlens
	@$(ENV) go build -ldflags "-s -w -X handlens/app/cli.Version=$(HANDLENS_VERSION)" -o $(PROGRAM) ./app
	@$(ENV) sh .setup/beside.sh $(PROGRAM)

test: setup-test ## set up and run every test, the ones with a real browser and a real window too
	@$(ENV) go vet ./...
	@$(ENV) go test -race -count=1 -timeout 40m ./... # uncached: the tests of the built program would not notice a change of it

bench: build ## what each stage costs, and the detect stage over the bare engine (ARGS="--model FILE --source CLIP")
	@$(ENV) $(PROGRAM) bench $(ARGS)

lint: setup ## gofumpt, go vet and golangci-lint
	@$(ENV) test -z "$$(go run mvdan.cc/gofumpt@$(GOFUMPT_VERSION) -l . | tee /dev/stderr)"
	@$(ENV) go vet ./...
	@$(ENV) go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) run

fuzz: setup ## each fuzz target for FUZZTIME (default 30s)
	@$(ENV) sh .setup/fuzz.sh $(or $(FUZZTIME),30s)

setup: ## only the set-up for building and running: system packages, FFmpeg, ONNX Runtime
	@sh .setup/setup.sh run

setup-test: ## the set-up for the tests as well: a browser and a virtual screen
	@sh .setup/setup.sh test

clean: ## remove what was built here; the cache of FFmpeg and ONNX Runtime stays
	rm -rf build
