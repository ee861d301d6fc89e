# Everything is built in one configuration, so that demo, tests and benchmarks share one build.
CONFIGURATION := release
PROGRAMS := .build/$(CONFIGURATION)
SOURCES := Sources Tests Plugins Package.swift

# The demonstration. Its run folder is replaced each time.
DEMO_RUN := demo.haqrun
DEMO := search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.45x \
	--final-finetune-samples 6400 --finalists 4 -o $(DEMO_RUN)

# How long each part is fuzzed.
FUZZ_SECONDS := 600

# What loads other people's libraries and reads what they send.
SANITIZED := PluginLoadingTests|IsolationTests|ForeignFunctionsTests|FuzzingTests

.PHONY: help demo test bench reproduce reproduce-quick reproduce-programs fuzz sanitize format lint packages

help:
	@echo 'make demo      searches bits for a trained network on an edge FPGA, and reports'
	@echo 'make test      builds everything and runs all tests'
	@echo 'make bench     prints the measured speeds beside their floors'
	@echo 'make reproduce        reruns the experiments of the paper and writes docs/results/paper; hours, resumable'
	@echo 'make reproduce-quick  the same with one seed and few samples, within 15 minutes with the build, into .build/reproduce-quick'
	@echo 'make fuzz      looks for bytes that confuse the readers of specs, frames and networks; FUZZ_SECONDS=600 each'
	@echo 'make sanitize  runs the tests of loading and isolation with AddressSanitizer and ThreadSanitizer'
	@echo 'make lint      checks the form of the sources, links, file lengths and pages of schemas; builds nothing'
	@echo 'make format    brings the sources into that form'
	@echo
	@echo 'demo, test, bench, reproduce, fuzz and sanitize first install the system packages that are missing: .ci/packages.txt'

demo: packages
	swift build -c $(CONFIGURATION) --product haq
	swift build -c $(CONFIGURATION) --product haq-sandbox
	swift build -c $(CONFIGURATION) --product haq-evaluator
	swift build -c $(CONFIGURATION) --product bismo
	@# Only a run folder is removed, never something else of that name.
	@if test -e $(DEMO_RUN)/episodes.jsonl; then rm -r $(DEMO_RUN); fi
	$(PROGRAMS)/haq $(DEMO)

test: packages
	@# The figures of the paper's pages are those of their data; a second.
	Sources/Programs/paper-experiments/reproduce pages --check
	@# Testable imports would build everything a second time; the tests use none.
	swift test -c $(CONFIGURATION) --disable-testable-imports

bench: packages
	swift build -c $(CONFIGURATION) --product haq-sandbox
	swift build -c $(CONFIGURATION) --product haq-evaluator
	swift build -c $(CONFIGURATION) --product bismo
	swift build -c $(CONFIGURATION) --product minimal
	swift build -c $(CONFIGURATION) --product bitfusion
	swift build -c $(CONFIGURATION) --product haq-bench
	$(PROGRAMS)/haq-bench

# Interrupt it whenever you like: finished searches are skipped, interrupted ones resumed.
reproduce: reproduce-programs
	Sources/Programs/paper-experiments/reproduce --haq $(PROGRAMS)/haq

reproduce-quick: reproduce-programs
	Sources/Programs/paper-experiments/reproduce --quick --haq $(PROGRAMS)/haq

reproduce-programs: packages
	swift build -c $(CONFIGURATION) --product haq
	swift build -c $(CONFIGURATION) --product haq-sandbox
	swift build -c $(CONFIGURATION) --product haq-evaluator
	swift build -c $(CONFIGURATION) --product bismo
	swift build -c $(CONFIGURATION) --product bitfusion

fuzz: packages
	Tests/Fuzzing/fuzz $(FUZZ_SECONDS)

# A build each, apart from the other: about ten minutes the first time. GNU's linkers stumble over the sanitizers'.
sanitize: packages
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Support/leaks.supp swift test --sanitize=address --scratch-path .build-sanitize/address -Xswiftc -use-ld=lld --filter '$(SANITIZED)'
	swift test --sanitize=thread --scratch-path .build-sanitize/thread -Xswiftc -use-ld=lld --filter '$(SANITIZED)'

lint:
	swift format lint --recursive --strict --parallel $(SOURCES)
	@# Links and headings of Markdown, lengths of files, pages of JSON documents.
	.ci/check-links
	.ci/check-lengths
	.ci/document-pages

format:
	swift format --recursive --in-place $(SOURCES)

packages:
	@.ci/install-packages
