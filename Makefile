TOOL = go tool -modfile=tools/go.mod
COVERED = ./conditions ./policy ./policy/eval ./principal
FUZZTIME ?= 50000x
SOAK ?= 10m

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-11s %s\n", $$1, $$2}' Makefile

build: ## build bin/rolecall
	go build -o bin/rolecall ./cmd/rolecall

test: ## run the tests
	go test ./...

race: ## run the tests under the race detector
	go test -race ./...

lint: ## vet, golangci-lint and staticcheck
	go vet ./...
	$(TOOL) golangci-lint run
	$(TOOL) staticcheck ./...

fmt: ## format the code
	$(TOOL) golangci-lint fmt

cover: ## statement coverage, at least 95 % where decisions are made
	@go test -cover $(COVERED) | awk '{print} /coverage:/ {if ($$5 + 0 < 95) low = 1} END {exit low}'

fuzz: ## run every fuzz target for FUZZTIME (50000x, or 5m) each
	@grep -rl --include=*_test.go '^func Fuzz' . | grep -v floors_test | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' $$file); do \
			echo "$$target in $$(dirname $$file)"; \
			go test $$(dirname $$file) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

bench: ## measure decisions and parsing
	go test ./bench -run '^$$' -bench . -benchmem

bench-peers: ## the ratios to other engines, in one run (a module of its own: it downloads them and compiles for minutes)
	cd bench/peers && go mod tidy && go vet ./... && go test . && \
		go test . -run '^$$' -bench . -benchmem -benchtime 50ms -count 5 | go run ./table

bench-sizes: ## redraw docs/sizes.svg, ns/op against the number of statements
	go test ./bench -run '^$$' -bench Sizes -benchtime 50ms -count 5 | go run ./bench/plot > docs/sizes.svg

interop: ## call the endpoint with the AWS SDK and the AWS command line, which is installed if it is missing
	@command -v aws >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends awscli; }
	@! command -v npm >/dev/null || npm ci --prefix internal/sdkinterop/js --no-audit --no-fund --silent
	cd internal/sdkinterop && go vet ./... && CI=true go test ./...

soak: ## serve under load for SOAK (10m) with the race detector, reloads and malformed requests
	cd bench && SOAK=$(SOAK) ./soak

vuln: ## look for known vulnerabilities (asks vuln.go.dev)
	$(TOOL) govulncheck ./...

.PHONY: help build test race lint fmt cover fuzz bench bench-peers bench-sizes interop soak vuln
