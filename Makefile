# Handlens. `make` alone lists what there is.

# All versions but those in go.mod. The tests compare what is linked and loaded with these.
FFMPEG_VERSION := 9.0.2
FFMPEG_SHA256 := 8c3850283eb25fa026482078a04051e0be17347b09ef81a0849bec15a96e002e
DAV1D_VERSION := 1.5.3
DAV1D_SHA256 := 732010aa5ef461fa93355ed2c6c5fedb48ddc4b74e697eaabe8907eaeb943011
NVENC_VERSION := 12.1.14.0
NVENC_SHA256 := 0ca1a0c85b149646fa6ce4d600584507fdccf5a23d58e668d8701e89cee0c3fb
ORT_VERSION := 1.30.0
# golangci-lint has gofumpt in it: the two are of one version.
LINT_VERSION := v2.15.0
GOFUMPT_VERSION := v0.12.0
# What lists the modules that are in a program.
GOMOD_SBOM_VERSION := v1.10.0
TYPESCRIPT_VERSION := 5.9.3
# Programs that the tests let publish.
DATACHANNEL_VERSION := 0.33.4
PYAV_VERSION := 18.0.0
AIORTC_VERSION := 1.16.0
# What loads exports as others do.
PYCOCOTOOLS_VERSION := 2.0.11
SUPERVISION_VERSION := 0.31.2
MLSERVER_VERSION := 1.7.1
ORT_PYTHON_VERSION := 1.32.0
# What looks for barriers on the web pages.
AXE_VERSION := 4.14.1
AXE_SHA256 := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

# Ours comes from git; who packs an archive of the source may set it.
ifndef HANDLENS_VERSION
HANDLENS_VERSION := $(shell sh .setup/version.sh)
endif

export FFMPEG_VERSION FFMPEG_SHA256 DAV1D_VERSION DAV1D_SHA256 NVENC_VERSION NVENC_SHA256
export HANDLENS_VERSION GOMOD_SBOM_VERSION
export ORT_VERSION DATACHANNEL_VERSION AXE_VERSION AXE_SHA256
# Another system to build for: TARGET=linux-arm64. It has a folder of its own.
export HANDLENS_TARGET := $(TARGET)
BUILD := build$(TARGET:%=/%)
ENV := . $(BUILD)/env.sh &&
PROGRAM := $(BUILD)/handlens
# The same source gives the same program in every folder: no paths, and no build ID, which is made
# of them.
REPRODUCIBLE := -trimpath -buildvcs=false \
	-ldflags "-s -w -buildid= -X handlens/app/cli.Version=$(HANDLENS_VERSION)"

.PHONY: help run build test test-unit test-e2e peers servers loaders bench lab cost lint setup setup-test fuzz clean \
	package package-arm64 package-windows reproducible budget
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)

run: build ## set up, build and open the app (ARGS="--port 9000" hands it options)
	@$(ENV) exec $(PROGRAM) $(ARGS)

build: setup ## set up and build the program at build/handlens
	@$(ENV) go build $(REPRODUCIBLE) -o $(PROGRAM) ./app
	@$(ENV) sh .setup/beside.sh $(PROGRAM)

# Uncached: the tests of the built program would not notice that it has changed.
test: setup-test ## set up and run all tests under the race detector
	@$(ENV) go test -race -count=1 -timeout 40m ./...

test-unit: setup-test ## the tests without a browser and without the race detector: the quick ones
	@$(ENV) go test $$(go list ./... | grep -v /app/e2e)

test-e2e: setup-test ## the tests with a real browser and a real window
	@$(ENV) go test -count=1 -timeout 20m ./app/e2e

peers: setup-test ## the test with programs that PyPI has: FFmpeg's WHIP muxer and aiortc
	@$(ENV) HANDLENS_TEST_PYTHON=$$(sh .setup/peers.sh python $(PYAV_VERSION) \
		$(AIORTC_VERSION)) && export HANDLENS_TEST_PYTHON && \
		go test -count=1 -timeout 20m -v -run 'TestPeersOfPyPI|Aiortc' ./app/e2e

servers: setup-test ## the test with a server of models that PyPI has: MLServer, with ONNX Runtime
	@$(ENV) HANDLENS_TEST_MLSERVER=$$(sh .setup/peers.sh servers $(MLSERVER_VERSION) \
		$(ORT_PYTHON_VERSION)) && export HANDLENS_TEST_MLSERVER && \
		go test -count=1 -v -run 'TestAServer' ./app/e2e

loaders: setup-test ## the test with loaders that PyPI has, of what is exported
	@$(ENV) HANDLENS_TEST_LOADERS=$$(sh .setup/peers.sh loaders $(PYCOCOTOOLS_VERSION) \
		$(SUPERVISION_VERSION)) && export HANDLENS_TEST_LOADERS && \
		go test -count=1 -v -run TestLoaders ./app/command

bench: build ## what each stage costs (ARGS="--model FILE --source CLIP")
	@$(ENV) $(PROGRAM) bench $(ARGS)

lab: setup-test ## how sharp and steady the picture is on bad networks (ARGS="lossy,broken": some only)
	@$(ENV) HANDLENS_LAB=$(or $(ARGS),all) go test -count=1 -v -run '^TestLab$$' ./app/e2e

cost: setup-test ## what rules, a broker, a webhook and forwarding cost the picture (ARGS=20: pairs of runs)
	@$(ENV) HANDLENS_COST=$(or $(ARGS),10) go test -count=1 -timeout 3h -v -run '^TestCost$$' ./app/e2e

lint: setup ## gofumpt, go vet (for Windows as well), golangci-lint, and the types of the web pages' scripts
	@$(ENV) test -z "$$(go run mvdan.cc/gofumpt@$(GOFUMPT_VERSION) -l . | tee /dev/stderr)"
	@$(ENV) go vet ./...
	@$(ENV) sh .setup/vet-windows.sh
	@$(ENV) go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) run
	@npx --yes --package typescript@$(TYPESCRIPT_VERSION) -- tsc --project assets/jsconfig.json

fuzz: setup ## each fuzz target for FUZZTIME (default 30s)
	@$(ENV) sh .setup/fuzz.sh $(or $(FUZZTIME),30s)

setup: ## the set-up for building and running: system packages, FFmpeg, ONNX Runtime
	@sh .setup/setup.sh run

setup-test: ## the set-up for the tests as well: a browser and a virtual screen
	@sh .setup/setup.sh test

clean: ## remove what was built here, but not the cache of FFmpeg and ONNX Runtime
	rm -rf build

package: build ## a .deb and a .tar.xz (Linux) with the sources, or a .dmg (macOS), in build/package
	@sh .setup/packages.sh package
	@$(ENV) sh .package/$(if $(filter Darwin,$(shell uname -s)),macos,linux).sh

package-arm64: ## the same for Linux on arm64 (Raspberry Pi 5), cross-built on Debian
	@$(MAKE) package TARGET=linux-arm64

budget: build setup-test ## how large the packages are, and how long a start takes until a phone can scan
	@$(ENV) HANDLENS_BUDGET=$(abspath $(PROGRAM)) go test -count=1 -v -run '^TestBudget$$' ./app/e2e

reproducible: setup ## build and pack the last commit in two folders, and compare
	@sh .package/reproducible.sh

package-windows: setup ## a .zip and an installer for Windows in build/package, cross-built here
	@sh .package/windows.sh
