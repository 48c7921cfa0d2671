# Each target installs first what package-lock.json names, Node 26 included: npm and any Node from 20 on will do.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

installed := node_modules/.package-lock.json
targets := bench bench-cluster bench-shards clean cluster-demo cluster-down cluster-test cluster-up components config demo docs experiments format help kernel lint lock matrix nets run simulate soak test types
.PHONY: $(targets)
$(filter-out clean help lock,$(targets)): $(installed)

# npm writes this file last; its time is that of the packages, so it is set anew.
$(installed): package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

bench: ## measure speed and memory, and print a table (ARGS="simulator live": these alone)
	node test/bench/bench.ts $(ARGS)

bench-cluster: ## measure a thousand ScalingPolicies beside a thousand HPAs on one control plane (ARGS="--count 200"; needs Linux and Go)
	@node test/cluster/bench/bench-cluster.ts $(ARGS)

bench-shards: ## measure a thousand ScalingPolicies shared by four replicas, one of them killed (ARGS="--count 2000"; needs Linux and Go)
	@node test/cluster/bench/bench-shards.ts $(ARGS)

clean: ## remove what was installed and made, the kept decisions in data/ excepted
	rm -rf node_modules out

cluster-demo: ## play ten minutes of a recorded load on twins, one scaled by the real HPA, one by NimbusGuard (needs Linux and Go)
	@node test/cluster/demo/cluster-demo.ts $(ARGS)

cluster-down: ## end what cluster-up started
	@node test/cluster/cluster.ts down

cluster-test: ## run the tests that need a Kubernetes control plane, each with one of its own
	vitest run test/cluster $(ARGS)

cluster-up: ## start a real Kubernetes control plane with simulated nodes, and print its kubeconfig (needs Go)
	@node test/cluster/cluster.ts up

components: ## build the real Prometheus, Tempo and Kubernetes that tests run against (needs Go; outside the clone)
	node test/components/build.ts

config: ## check the configuration, all its faults at once
	./nimbusguard config check $(ARGS)

demo: ## watch a recorded day in a minute (ARGS="--load FILE.csv": a day of your own)
	@./nimbusguard demo $(ARGS)

docs: ## draw the graphs into docs/control-loop.md and docs/explanations.md, and docs/transcript.md anew
	node scripts/draw-graph.ts
	node scripts/draw-transcript.ts

experiments: ## rebuild the committed results of experiments, hours of all cores (NAMES="cold-start": these alone)
	@for name in $(or $(NAMES),$(notdir $(patsubst %/definition.json,%,$(wildcard experiments/*/definition.json)))); do \
	  ./nimbusguard experiment run $$name --fresh && ./nimbusguard experiment report $$name || exit; done

format: ## format the sources
	biome check --write .

help: ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | sort | while IFS=$$'\t' read -r t d; do printf '%-13s %s\n' "$$t" "$$d"; done

kernel: ## compile the WebAssembly kernel of the nets
	node scripts/build-kernel.ts

lint: ## check format and lint rules
	biome ci .

lock: ## complete package-lock.json after npm install, so that npm ci takes it everywhere
	node scripts/complete-lock.ts

matrix: ## break each part of a real control plane in turn, in full length, and hold the operator to its promises
	NIMBUSGUARD_MATRIX=full vitest run test/matrix $(ARGS)

nets: ## train the shipped nets anew, for steps of 5 s and of 15 s (about two minutes of one core each)
	node scripts/train-nets.ts --step-seconds 5
	node scripts/train-nets.ts --step-seconds 15 --age-seconds 15

run: ## look after the targets of the configuration, until Ctrl-C
	./nimbusguard run $(ARGS)

simulate: ## judge policies on a load (ARGS="FILE.csv --policy shadow-q,hpa")
	@./nimbusguard simulate $(ARGS)

soak: ## kill a running loop 200 times and hold what is left to a loop that was never killed
	node test/soak/soak.ts $(ARGS)

test: ## types, lint, and all tests, on real SQLite, PostgreSQL, Prometheus, Tempo and Kubernetes
	@node scripts/test.ts $(ARGS)

types: ## check the types
	tsc -p .
