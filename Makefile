# A Tu Mano: every command a person, a pipeline or CI uses. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up preview down drift rehearse bootstrap set check report reports smoke status logs endpoints doctor env pulumi setup \
        tools images openapi golden format lint types unit contract engine e2e rehearsal test bench
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

STACK ?= local
PYTHON := .venv/bin/python
STACKS := local dev prod
export CONTEXT IMAGES_TO UNPROTECT REPLACE KEEP DO BITBUCKET_TOKENS JOURNEY

ifeq ($(filter $(STACK),$(STACKS)),)
$(error STACK is "$(STACK)"; one of $(STACKS) is required)
endif
ON_GCP := $(filter-out local,$(STACK))
ONLY_LOCAL = echo "make $@ shows the stack local; for $(STACK) use kubectl with the kubeconfig that docs/outputs.md gets." >&2; exit 1

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {gsub(/\$$\$$/, "$$"); printf "  make %-12s %s\n", $$1, $$2}' Makefile

up: $(if $(ON_GCP),$(PYTHON)) ## bring a stack up: local on this machine (CONTEXT=NAME: a cluster of yours), dev and prod on GCP
	@$(if $(ON_GCP),$(PYTHON) -m local.cloud up $(STACK),python3 -m local.up)

preview: $(PYTHON) ## what `make up` would do to dev or prod; refused if it replaces what can't be lost
	@$(PYTHON) -m local.cloud preview $(STACK)

down: ## remove a stack; dev and prod want UNPROTECT=yes too
	@$(if $(ON_GCP),$(PYTHON) -m local.cloud down $(STACK),python3 -m local.down)

drift: $(PYTHON) ## how the cloud differs from the state of dev or prod, as JSON; 1 if it does
	@$(PYTHON) -m local.cloud drift $(STACK)

rehearse: ## dev or prod from nothing to gone on this machine, with no account; KEEP=yes, DO=NAME (docs/rehearsal.md)
	@python3 -m local.rehearsal $(STACK) $(ARGS)

bootstrap: $(PYTHON) ## make the place for the state of dev or prod; safe to repeat
	@$(PYTHON) -m local.bootstrap $(STACK)

set: $(PYTHON) ## set one value of a stack's settings: make set STACK=dev KEY=gcp.edge.domain VALUE=shop.example.com
	@$(PYTHON) -m local.set $(STACK) "$(KEY)" "$(VALUE)"

check: $(PYTHON) ## the mistakes in a stack's settings, one line each
	@$(PYTHON) -m infra.check $(STACK) --settings-only

report: setup ## policies, cost and picture of a stack, in report/: make report STACK=prod BASE=main (docs/report.md)
	@$(PYTHON) -m policies.report $(STACK) $(if $(BASE),--base "$(BASE)") $(if $(FROM),--from "$(FROM)") \
	  $(if $(FAIL_ON),--fail-on "$(FAIL_ON)")

reports: setup # of all committed stacks, a part of `make test`
	@for stack in $(STACKS); do $(PYTHON) -m policies.report $$stack || exit 1; done

smoke: $(PYTHON) ## does a stack that is up answer; JOURNEY=yes also buys and cancels
	@$(PYTHON) -m local.smoke $(STACK)

status: $(PYTHON) ## how every daemon and pod is
	@$(if $(ON_GCP),$(ONLY_LOCAL),$(PYTHON) -m local.look status)

logs: $(PYTHON) ## what a service says: make logs SERVICE=orders
	@$(if $(ON_GCP),$(ONLY_LOCAL),$(PYTHON) -m local.look logs "$(SERVICE)")

endpoints: $(PYTHON) ## where every service is, as one JSON object: make -s endpoints
	@$(PYTHON) -m $(if $(ON_GCP),local.cloud endpoints $(STACK),local.stack endpoints)

doctor: $(if $(ON_GCP),$(PYTHON)) ## what this machine lacks for `make up`; for dev and prod also what account and project lack
	@$(if $(ON_GCP),$(PYTHON) -m local.preflight $(STACK),python3 -m local.doctor)

env: $(PYTHON) ## environment for running `pulumi` by hand: eval "$$(make -s env)"
	@$(PYTHON) -m $(if $(ON_GCP),local.cloud env $(STACK),local.stack env)

pulumi: $(PYTHON) ## run the Pulumi CLI on a stack: make pulumi ARGS="preview --diff"
	@$(PYTHON) -m $(if $(ON_GCP),local.cloud pulumi $(STACK),local.stack pulumi) $(ARGS)

setup: ## make the Python environment
	@python3 -m local.up setup

tools: ## build or find the tools
	@python3 -m local.up tools

images: $(PYTHON) ## build the images and give them to the cluster, or to the registry of dev or prod
	@$(PYTHON) -m $(if $(ON_GCP),local.cloud images $(STACK),local.images)

openapi: setup ## write app/*/openapi.json from the code
	@$(PYTHON) -m app.openapi

golden: setup ## write what is made from the code: tests/golden, docs/changes.md, the picture and cost pages, RULES.md
	@$(PYTHON) -m tests.golden && $(PYTHON) -m policies.picture && $(PYTHON) -m policies.rules && $(PYTHON) -m policies.cost.page

format: setup ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: setup
	@.venv/bin/ruff format --check . && .venv/bin/ruff check .

types: setup
	@.venv/bin/mypy

unit: setup
	@.venv/bin/pytest tests/unit -n auto --dist loadfile --junitxml=test-results/unit.xml

contract: setup
	@.venv/bin/pytest tests/contract --junitxml=test-results/contract.xml

engine: setup tools
	@.venv/bin/pytest tests/engine -n auto --junitxml=test-results/engine.xml

e2e: setup tools
	@.venv/bin/pytest tests/e2e --junitxml=test-results/e2e.xml

rehearsal: setup tools
	@.venv/bin/pytest tests/rehearsal --junitxml=test-results/rehearsal.xml

test: lint types tools unit reports contract engine e2e rehearsal ## every test there is, from lint to rehearsals; reports of all stacks

bench: setup ## measure the speed; results are in docs/benchmarks.md
	@$(PYTHON) -m bench

$(PYTHON):
	@python3 -m local.up setup
