# A Tu Mano: every command a person, a pipeline or CI uses. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up down status logs endpoints doctor env pulumi setup tools images openapi format lint types unit contract engine e2e test bench
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

STACK ?= local
PYTHON := .venv/bin/python
export CONTEXT IMAGES_TO

ifneq ($(STACK),local)
$(error STACK is "$(STACK)"; only the stack "local" is there so far)
endif

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {gsub(/\$$\$$/, "$$"); printf "  make %-12s %s\n", $$1, $$2}' Makefile

up: ## bring the shop up on this machine; CONTEXT=NAME takes a cluster of yours (docs/existing-cluster.md)
	@python3 -m local.up

down: ## remove everything that `make up` made; the cache of built tools stays
	@python3 -m local.down

status: $(PYTHON) ## how every daemon and pod is
	@$(PYTHON) -m local.look status

logs: $(PYTHON) ## what a service says: make logs SERVICE=orders
	@$(PYTHON) -m local.look logs "$(SERVICE)"

endpoints: $(PYTHON) ## where every service is, as one JSON object: make -s endpoints
	@$(PYTHON) -m local.stack endpoints

doctor: ## what this machine lacks for `make up`, and what to do
	@python3 -m local.doctor

env: $(PYTHON) ## environment for running `pulumi` by hand: eval "$$(make -s env)"
	@$(PYTHON) -m local.stack env

pulumi: $(PYTHON) ## run the Pulumi CLI on the stack: make pulumi ARGS="preview --diff"
	@$(PYTHON) -m local.stack pulumi $(ARGS)

setup: ## make the Python environment
	@python3 -m local.up setup

tools: ## build or find the tools
	@python3 -m local.up tools

images: $(PYTHON) ## build the images and give them to the cluster
	@$(PYTHON) -m local.images

openapi: setup ## write app/*/openapi.json from the code
	@$(PYTHON) -m app.openapi

format: setup ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: setup
	@.venv/bin/ruff format --check . && .venv/bin/ruff check .

types: setup
	@.venv/bin/mypy

unit: setup
	@.venv/bin/pytest tests/unit --junitxml=test-results/unit.xml

contract: setup
	@.venv/bin/pytest tests/contract --junitxml=test-results/contract.xml

engine: setup tools
	@.venv/bin/pytest tests/engine --junitxml=test-results/engine.xml

e2e: setup tools
	@.venv/bin/pytest tests/e2e --junitxml=test-results/e2e.xml

test: lint types tools unit contract engine e2e ## every test there is: lint, types, unit, contract, engine, end to end

bench: setup ## measure the speed; results are in docs/benchmarks.md
	@$(PYTHON) -m bench

$(PYTHON):
	@python3 -m local.up setup
