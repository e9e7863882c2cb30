.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c \
  'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
COMPOSE := docker compose
COMPOSE_LOCAL := PUBLIC_URL= OIDC_ISSUER= FIRST_OPERATOR= $(COMPOSE) -f docker-compose.yml -f docker-compose.local.yml
CONTAINERS_LOCAL := PUBLIC_URL= OIDC_ISSUER= FIRST_OPERATOR= COMPOSE_FILE=docker-compose.yml:docker-compose.local.yml
# A test that hangs says where after ten minutes, and fails.
SUITE := $(BIN)/pytest tests -n $(or $(workers),4) --no-loadscope-reorder \
  -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true
export PYTHONPATH := .
unexport PYTHONDONTWRITEBYTECODE# each start would compile everything anew

.PHONY: help
help: ## List the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name it: make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: install
install: .venv/installed ## Make the virtual environment, with everything pinned

.PHONY: up
up: install ## Start everything here, with demonstration data (none: make up DEMO=0)
	@$(BIN)/python -m deploy.local up $(if $(filter 0,$(DEMO)),--empty)

.PHONY: down
down: install ## Stop the platform that `make up` started; its data is kept
	@$(BIN)/python -m deploy.local down

.PHONY: reset
reset: install ## Stop the platform and delete everything under .local
	@$(BIN)/python -m deploy.local reset

.PHONY: smoke
smoke: install ## Check the running platform, or one started for it, with requests of every role
	@$(BIN)/python -m deploy.local smoke

.PHONY: token
token: install ## Print an access token: make -s token role=educator
	@$(BIN)/python -m deploy.local token $(role)

.PHONY: secrets
secrets: install ## Make keys and passwords for containers, under deploy/secrets
	@$(BIN)/python -m deploy.secret_files

.PHONY: rotate
rotate: install ## Let the next signing keys take over: make rotate [key=principal|grant|access_token|cursor|broker_users] [local=1: of `make up`]
	@$(BIN)/python -m deploy.rotation $(if $(local),--local) $(key)

.PHONY: containers
containers: secrets ## Start everything in containers, for a trial, with demonstration data
	$(COMPOSE_LOCAL) build -q gateway
	$(COMPOSE_LOCAL) up -d --wait --wait-timeout 300
	$(COMPOSE_LOCAL) run --rm demonstration
	@mkdir -p .local
	@umask 077 && $(COMPOSE_LOCAL) run --rm -T people > .local/containers.json
	@echo "Addresses and tokens are in .local/containers.json; make containers-smoke asks what people would ask."

.PHONY: containers-smoke
containers-smoke: install ## Check the containers with requests of every role
	@$(BIN)/python -m deploy.smoke .local/containers.json
	@$(COMPOSE_LOCAL) exec -T postgres sh -c '! PGPASSWORD=$$(cat /run/secrets/students_database_password) \
	  psql -q -h 127.0.0.1 -U students -d partners -c "select 1" 2>/dev/null' \
	  && echo "A role cannot open another service's database."

.PHONY: rehearsal
rehearsal: install containers ## Run every command of docs/operating.md on the containers of a trial
	@$(BIN)/python -m tests.operating $(if $(CI),,--publish)
	$(if $(CI),,@$(BIN)/python -m tests.proof)

.PHONY: containers-proof
containers-proof: install ## Restart, multiply, replace and encrypt the containers under load, look into them (short: CI=1)
	@$(CONTAINERS_LOCAL) $(BIN)/python -W ignore -m tests.containers $(if $(CI),,long)
	$(if $(CI),,@$(BIN)/python -m tests.proof)

.PHONY: roll
roll: install ## Replace a service's containers while it goes on answering: make roll service=students
	@$(BIN)/python -m deploy.roll $(service)

.PHONY: containers-down
containers-down: ## Stop the containers; the data is kept
	$(COMPOSE_LOCAL) down

.PHONY: containers-reset
containers-reset: ## Stop the containers and delete their data
	$(COMPOSE_LOCAL) --profile trial down --volumes

.PHONY: dead-letters
dead-letters: install ## List, handle or discard parked events: make dead-letters service=students [replay=ID|discard=ID]
	@$(BIN)/python -m deploy.dead_letters $(service) $(if $(replay),replay $(replay),$(if $(discard),discard $(discard),list))

.PHONY: verify-disclosures
verify-disclosures: install ## Verify the disclosure log; name the first bad row
	@$(BIN)/python -m deploy.verify_disclosures

.PHONY: check
check: install ## Format, lint, types, import contracts, promises of the source
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-imports check-promises

.PHONY: check-types check-imports check-promises
check-types: install
	$(BIN)/mypy
check-imports: install
	$(BIN)/lint-imports --no-cache
check-promises: install
	$(BIN)/pytest tests/promises

.PHONY: test
test: check ## Everything, on real PostgreSQL and NATS, in so many processes: make test [workers=4]
	$(SUITE) --ignore=tests/promises

.PHONY: test-needs
test-needs: install ## The tests that need more than Python and make (an engine, npm, …), where it is here
	$(SUITE) -m needs

.PHONY: migration
migration: install ## Write a migration: make migration service=students message="add referral"
	$(BIN)/python -m deploy.migration $(service) "$(message)"

.PHONY: sbom
sbom: install ## Write the image's bill of materials, as CycloneDX: .local/sbom.cdx.json
	@$(BIN)/python -m deploy.sbom .local/sbom.cdx.json

.PHONY: audit
audit: install ## Ask whether a package in the image has a known vulnerability
	@$(BIN)/python -m deploy.audit

.PHONY: reproducible
reproducible: install ## Build the image twice from nothing, and compare the layers
	@$(BIN)/python -m deploy.reproducible

.PHONY: contracts
contracts: install ## Write docs/contracts (OpenAPI of the services, JSON Schema of the events) and docs/events.md
	$(BIN)/python -m deploy.contracts

.PHONY: promises
promises: install ## Write docs/promises.md from the promises at the tests (with fewer than before: fewer=1)
	$(BIN)/python -m tests.promises.page $(if $(fewer),fewer)

.PHONY: proof
proof: install ## Kill, cut power, fill disks, restore; figures into proof/ and docs/proof.md (alone on the machine)
	@$(BIN)/python -m tests.faults

.PHONY: backup
backup: install ## Save the databases of `make up`: make backup to=FOLDER [keys=1: and the keys]
	@$(BIN)/python -m deploy.backup save $(to) $(if $(keys),--keys)

.PHONY: restore
restore: install ## Fill an empty platform from a backup: make restore from=FOLDER
	@$(BIN)/python -m deploy.backup restore $(from)

.PHONY: fuzz
fuzz: install ## Break files for every importer: make fuzz [files=100000 seed=20261124]; into proof/ and docs/proof.md
	@$(BIN)/python -W ignore -m tests.fuzz files $(or $(files),100000) $(or $(seed),20261124)

.PHONY: fuzz-requests
fuzz-requests: install ## Ask what OpenAPI allows and does not: make fuzz-requests [requests=100000 seed=7]; short: CI=1
	@$(BIN)/python -W ignore -m tests.fuzz.requests $(or $(requests),100000) $(or $(seed),7)

.PHONY: nightly
nightly: install ## What is too long for each change: every random world, 100,000 cases of the policy, 1,000 withdrawals, long fuzzing
	NIGHTLY=1 $(SUITE)
	ACCESS_CASES=100000 $(BIN)/pytest tests/students/access/test_policy_oracle.py
	WITHDRAWALS=1000 $(BIN)/pytest tests/students/sharing/test_withdrawals.py
	@$(MAKE) --no-print-directory fuzz fuzz-requests

.PHONY: bench
bench: install ## Measure: load, cost, growth; into proof/ and docs/proof.md (15 minutes; make bench long=1: 2 hours)
	@LONG=$(long) $(BIN)/python -m tests.bench
	@WITHDRAWALS=1000 $(BIN)/pytest tests/students/sharing/test_withdrawals.py && $(BIN)/python -m tests.proof
