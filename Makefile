# Set-up, build, tests and demonstration on Debian 12. `make help` lists what there is.

# What building, running and testing need beside the Swift toolchain. The only list of it.
PACKAGES := libmosquitto-dev libpq-dev libsqlite3-dev libuv1-dev mosquitto mosquitto-clients openssl pkg-config \
	postgresql postgresql-client util-linux zlib1g-dev
SWIFT ?= swift
SOURCES := Package.swift Sources Tests simulator

.DEFAULT_GOAL := help
.PHONY: help packages build run test mutations lint format clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## /{ printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Nothing is asked of the network, and no password of anybody, when all is there.
packages: ## Install what is missing from Debian.
	@missing=; \
	for package in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Abbrev}' $$package 2>/dev/null | grep -q '^.i' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
		echo "Installing:$$missing"; \
		$$as_root apt-get update -q && \
		$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing || exit 1; \
		case "$$missing " in *" mosquitto "*) \
			if [ -d /run/systemd/system ]; then \
				echo "Stopping the mosquitto service that came with the package: Doppel runs its own."; \
				$$as_root systemctl disable --now mosquitto.service || true; \
			fi;; \
		esac; \
		case "$$missing " in *" postgresql "*) \
			if [ -d /run/systemd/system ]; then \
				echo "Stopping the PostgreSQL cluster that came with the package: the tests run their own."; \
				$$as_root systemctl disable --now postgresql.service || true; \
			fi;; \
		esac; \
	fi

build: packages ## Build the program, optimised.
	$(SWIFT) build -c release --product doppel

run: build ## Run Doppel with its own broker and a simulated greenhouse; Ctrl-C ends it.
	DOPPEL_APPROVAL=automatic $$($(SWIFT) build -c release --show-bin-path)/doppel serve --demo

# In three parts: worlds take every core for minutes and whole programs come and go, and either would starve the tests
# that talk over sockets under a deadline.
test: packages ## Build everything and run every test.
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build --skip '^(WorldTests|IntegrationTests|PostgresHistoryTests)\.'
	$(SWIFT) test --skip-build --no-parallel --filter '^PostgresHistoryTests\.'
	$(SWIFT) test --skip-build --filter '^IntegrationTests\.'
	$(SWIFT) test --skip-build --filter '^WorldTests\.'

mutations: ## Plant thirty defects one by one, and see the simulated worlds find each (some 20 minutes).
	SWIFT=$(SWIFT) simulator/mutations/check

lint: ## Check the format of every Swift source.
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## Give every Swift source its format.
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

clean: ## Remove what was built; data stays.
	rm -rf .build
