# Thin doors: meson builds, tests/tools/ knows how. `make run` and `make test` install what is missing.
.PHONY: run test check-all bench look install clean

run:
	@tests/tools/setup run
	@tests/tools/run

test:
	@tests/tools/setup test
	@tests/tools/run-lanes fast

# Every lane, the long ones too: hours.
check-all:
	@tests/tools/setup all
	@tests/tools/run-lanes all

# How fast the stack is on this machine: a quarter of an hour.
bench:
	@tests/tools/setup bench
	@tests/tools/bench

# Pictures of the window and of the web page in tests/look/, to look at.
look:
	@tests/tools/setup test
	@tests/ui/look

# Under PREFIX (/usr/local), or under DESTDIR for a package. Its own build folder: the prefix is built in.
PREFIX ?= /usr/local
install:
	@tests/tools/setup run
	@tests/tools/install "$(PREFIX)" "$(DESTDIR)"

clean:
	rm -rf build build-test build-bench build-clang build-flatpak build-fuzz build-install build-lanes
