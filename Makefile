# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# make            the bundle build/music-neurons.lv2 and the program build/music-neurons
# make demo       a melody and random notes through the built plugin, in the terminal
# make check      all tests; check-hosts: JACK and Ardour alone; check-gui: the window alone
# make soak       10 million blocks of the host from hell
# make soak-music HOURS=24 of music, as fast as it goes
# make fuzz       hostile input made up for SECONDS=60 a reader: tests/fuzz/README.md
# make breaks     breaks the program on purpose, for tests to notice: tests/breaks; half an hour
# make sanitize   tests with the sanitizers for addresses, undefined behaviour and threads
# make lint       cppcheck and clang-tidy; coverage: lines and branches that the tests run
# make bench      the encoder against its floors and peers, in SECONDS=60 of paired rounds
# make bench-window   CPU of an open window
# make study      the shipped models against the paper, and their cards: minutes
# make install    DESTDIR, PREFIX and LV2DIR say where; with ARDOUR_SCRIPTS, its script too
# make deps       what building and the demo need; make deps-check: what the tests add

VERSION = 0.1.0

PREFIX  ?= /usr/local
LV2DIR  ?= $(PREFIX)/lib/lv2
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
DESTDIR ?=

B      = build
BUNDLE = $(B)/music-neurons.lv2

CC         ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
WARNINGS    = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
              -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wundef
ifdef CI
  WARNINGS += -Werror
endif

# Floating point must not be contracted: results are the same on every machine.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -ffp-contract=off -MMD -MP \
             -Iengine $(WARNINGS) $(CFLAGS)

flags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
libs  = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)

comma := ,

ARCH := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)

KERNELS_x86_64  = $(addprefix engine/encoder/kernel_,sse41.c avx2.c avxvnni.c avx512.c)
KERNELS_aarch64 = $(addprefix engine/encoder/kernel_,neon.c neon_gates.c neon_dot.c)
ENGINE_DIRS = base notes model encoder readout checkpoint study
ENGINE_SRC = $(filter-out $(KERNELS_x86_64) $(KERNELS_aarch64),$(wildcard $(ENGINE_DIRS:%=engine/%/*.c))) \
             $(KERNELS_$(ARCH))
PLUGIN_SRC = $(wildcard plugin/*.c plugin/protocol/*.c)
# The window: what needs a display, and the rest, which the program and the tests draw too.
UI_SRC     = $(addprefix gui/,ui.c x11.c keyboard.c picture.c)
DRAW_SRC   = $(filter-out $(UI_SRC),$(wildcard gui/*.c)) plugin/protocol/atoms.c
CLI_SRC    = $(wildcard engine/cli/*.c engine/cli/*/*.c)
HOST_SRC   = $(wildcard tests/host/*.c)
UNIT_SRC   = $(wildcard tests/unit/test_*.c)
UNIT_HELP  = $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))

objects     = $(patsubst %.c,$(B)/obj/%.o,$(1))
UNIT_TESTS  = $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
HOST_TESTS  = $(patsubst tests/host/%.c,$(B)/tests/host_%,$(wildcard tests/host/test_*.c))
MODELS      = $(wildcard engine/models/*.safetensors)
PRESETS     = $(wildcard presets/*.ttl)
REPORT      = $(patsubst engine/study/%,$(B)/share/music-neurons/%,$(wildcard engine/study/report*.py))
BUNDLE_ALL  = $(BUNDLE)/music-neurons.so $(BUNDLE)/ui.so \
              $(patsubst %,$(BUNDLE)/%.ttl,manifest monitor cv ui) \
              $(patsubst presets/%,$(BUNDLE)/preset-%,$(PRESETS)) \
              $(patsubst engine/models/%,$(BUNDLE)/%,$(MODELS))

all: $(BUNDLE_ALL) $(B)/music-neurons $(REPORT)

# Packages: what building and the demo need, and what the tests add.
BUILD_DEBS  = gcc libc6-dev pkg-config lv2-dev liblilv-dev libjansson-dev libsmf-dev liblzma-dev \
              liblapacke-dev libcairo2-dev libxcb1-dev
CHECK_DEBS  = g++ libcmocka-dev fonts-dejavu-core python3 python3-torch python3-numpy python3-matplotlib \
              serdi sordi valgrind cppcheck clang clang-tidy libclang-rt-dev mandoc jackd2 libjack-jackd2-dev jalv ardour \
              gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user \
              libx11-dev xvfb xdotool imagemagick x11-utils libqt5x11extras5 \
              $(if $(shell command -v npm),,nodejs npm)

# $(call install_debs,PACKAGES): installs those that are missing, where there is apt-get.
define install_debs
	@missing=; \
	if command -v apt-get >/dev/null 2>&1; then \
	  for p in $(1); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    echo "Installing:$$missing"; \
	    $$sudo apt-get update -qq && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing \
	      >$(B)-apt.log 2>&1 || { cat $(B)-apt.log; rm -f $(B)-apt.log; exit 1; }; \
	    rm -f $(B)-apt.log; \
	  fi; \
	else \
	  echo "Needed (names of Debian's packages): $(1)"; \
	fi
endef

deps:
	$(call install_debs,$(BUILD_DEBS))

deps-check: deps
	$(call install_debs,$(CHECK_DEBS))

# Objects depend on the flags, and with them all that is linked: each file here is written
# when what it holds changes, and only then. -Werror is not in it: it changes no object.
MODULES = lv2 jansson smf liblzma lapacke cairo xcb
$(B)/flags/build: TEXT = $(CC) $(filter-out -Werror,$(ALL_CFLAGS)) $(KERNEL_CFLAGS) $(LDFLAGS) \
                         $(call flags,$(MODULES)) $(call libs,$(MODULES))
$(B)/flags/version: TEXT = $(VERSION)
$(B)/flags/lv2dir: TEXT = $(LV2DIR)
$(addprefix $(B)/flags/,build version lv2dir): always
	@mkdir -p $(@D)
	@text='$(subst ','\'',$(TEXT))'; echo "$$text" | cmp -s - $@ || echo "$$text" >$@

# Engine. Each vector kernel is compiled for its instruction set, and chosen at run time.
# KERNEL_CFLAGS come last: tests/sanitize leaves kernels out with them.
FLAGS_kernel_sse41    = -msse4.1
FLAGS_kernel_avx2     = -mavx2
FLAGS_kernel_avxvnni  = -mavx2 -mavxvnni
FLAGS_kernel_avx512   = -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mprefer-vector-width=512
FLAGS_kernel_neon_dot = -march=armv8.2-a+dotprod
$(B)/obj/engine/encoder/kernel_%.o: FLAGS = -O3 $(FLAGS_$(*F)) $(KERNEL_CFLAGS)

$(B)/libengine.a: $(call objects,$(ENGINE_SRC))
	rm -f $@
	$(AR) rcs $@ $^

$(B)/obj/engine/model/%.o: FLAGS = $(call flags,jansson)
$(B)/obj/engine/checkpoint/%.o $(B)/obj/engine/study/%.o: FLAGS = $(call flags,jansson)
$(B)/obj/engine/study/moments.o: FLAGS = -O3
$(B)/obj/engine/study/score_fit.o: FLAGS = $(call flags,lapacke)
$(B)/obj/engine/cli/%.o: FLAGS = $(call flags,smf jansson liblzma cairo) -Iengine/cli -Igui -Iplugin
$(B)/obj/gui/%.o: FLAGS = $(call flags,cairo xcb lv2) -Iplugin
$(B)/obj/plugin/%.o: FLAGS = -O3 $(call flags,lv2)
$(B)/obj/tests/host/%.o: FLAGS = $(call flags,lilv-0 lv2) $(call flags,jansson) $(call flags,cmocka) $(call flags,cairo) -Iplugin -Igui
$(B)/obj/tests/cost/%.o: FLAGS = $(call flags,lilv-0 lv2) -Iplugin -Itests/host
$(B)/obj/tests/bench/%.o: FLAGS = $(call flags,lilv-0 lv2) -Iplugin -Itests/host
$(B)/obj/tests/hell/%.o: FLAGS = $(call flags,lilv-0 lv2 jansson cmocka) -Iplugin -Itests/host -Itests/unit
$(B)/obj/tests/soak/%.o: FLAGS = $(call flags,lilv-0 lv2 cmocka) -Iplugin -Itests/host -Itests/unit
$(B)/obj/tests/gui/%.o: FLAGS = $(call flags,lilv-0 lv2 cmocka cairo x11) -Iplugin -Igui -Itests/host
$(B)/obj/tests/unit/%.o: FLAGS = $(call flags,jansson cmocka cairo lv2) -Igui -Iplugin

$(B)/obj/engine/cli/main.o: DEFINES = -DMN_VERSION='"$(VERSION)"'
$(B)/obj/engine/cli/main.o: $(B)/flags/version
$(B)/obj/engine/cli/bundle.o: DEFINES = -DMN_LV2DIR='"$(LV2DIR)"'
$(B)/obj/engine/cli/bundle.o: $(B)/flags/lv2dir

$(B)/obj/%.o: %.c Makefile $(B)/flags/build
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(FLAGS) $(DEFINES) -c $< -o $@

# The bundle and the program.
$(BUNDLE)/music-neurons.so: $(call objects,$(PLUGIN_SRC)) $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) -shared -Wl,--no-undefined -Wl,--exclude-libs,ALL $(LDFLAGS) -o $@ $^ $(call libs,jansson) -lm -pthread

# It stays loaded once it was: the libraries that it alone needs keep memory that
# they never free.
$(BUNDLE)/ui.so: $(call objects,$(UI_SRC)) $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) -shared -Wl,--no-undefined -Wl,--exclude-libs,ALL -Wl,-z,nodelete $(LDFLAGS) -o $@ $^ \
	  $(call libs,cairo xcb) -lm

$(BUNDLE)/%.ttl: ttl/%.ttl.in ttl/fill.awk $(wildcard ttl/*.ttl.part)
	@mkdir -p $(@D)
	awk -v lib_ext=.so -f ttl/fill.awk $< >$@

$(BUNDLE)/manifest.ttl: ttl/manifest.ttl.in ttl/fill.awk presets/manifest.awk $(PRESETS)
	@mkdir -p $(@D)
	awk -v lib_ext=.so -f ttl/fill.awk $< >$@
	awk -f presets/manifest.awk $(PRESETS) >>$@

$(BUNDLE)/preset-%.ttl: presets/%.ttl presets/fill.awk $(BUNDLE)/monitor.ttl $(BUNDLE)/cv.ttl
	awk -f presets/fill.awk $(BUNDLE)/monitor.ttl $(BUNDLE)/cv.ttl $< >$@

$(BUNDLE)/%.safetensors: engine/models/%.safetensors
	@mkdir -p $(@D)
	cp $< $@

$(B)/libdraw.a: $(call objects,$(DRAW_SRC))
	rm -f $@
	$(AR) rcs $@ $^

$(B)/music-neurons: $(call objects,$(CLI_SRC)) $(B)/libdraw.a $(B)/libengine.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,smf jansson liblzma lapacke cairo) -lm -pthread

# What makes the report of a study.
$(B)/share/music-neurons/%.py: engine/study/%.py
	@mkdir -p $(@D)
	cp $< $@

# The project's own host: the demo, and the tests of the built plugin. What asserts is
# for the tests alone: the demo is built where their library is missing.
HOST_ASSERTS = $(addprefix tests/host/,drive.c tape.c)
HOST_CHECKS  = $(call objects,$(HOST_ASSERTS))
$(B)/libhost.a: $(call objects,$(filter-out $(HOST_ASSERTS) tests/host/demo.c $(wildcard tests/host/test_*.c),$(HOST_SRC)))
	rm -f $@
	$(AR) rcs $@ $^

$(B)/demo: $(B)/obj/tests/host/demo.o $(B)/libhost.a $(B)/libengine.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson) -lm -pthread

$(B)/tests/host_%: $(B)/obj/tests/host/%.o $(HOST_CHECKS) $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson cmocka cairo) -lm -pthread

# What run() costs: tests/cost/run.
$(B)/tests/cost: $(B)/obj/tests/cost/blocks.o $(HOST_CHECKS) $(B)/libhost.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson cmocka) -lm -pthread

# How long a window takes to the ports, in real time.
$(B)/tests/bench_latency: $(B)/obj/tests/bench/latency.o $(B)/libhost.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson) -lm -pthread

# A host from hell: it is linked with the plugin's objects, and counts these calls.
HELL_COUNTS = mn_delegate_window mn_jobs_drop_waiting mn_outputs_init mn_model_load mn_model_free
$(B)/tests/hell: $(call objects,$(wildcard tests/hell/*.c) $(PLUGIN_SRC) $(addprefix tests/unit/,check.c model_file.c)) \
                 $(B)/libhost.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(addprefix -Wl$(comma)--wrap=,$(HELL_COUNTS)) -o $@ $^ \
	  $(call libs,lilv-0 jansson cmocka) -lm -pthread

# Hours of music through the built bundle, whose instance it looks into.
$(B)/tests/soak: $(call objects,$(wildcard tests/soak/*.c) tests/unit/check.c) $(B)/libhost.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson cmocka) -lm -pthread

# The same host with a window. Its tests need a display: tests/gui/run.
GUI_TESTS  = $(addprefix $(B)/tests/gui_,window bench where)

$(B)/tests/gui_%: $(B)/obj/tests/gui/%.o $(B)/obj/tests/gui/ui_host.o $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,lilv-0 jansson cmocka cairo x11) -lm -pthread

# Fuzzers: tests/fuzz/README.md. They try the inputs that they are given; tests/fuzz/run
# builds them once more with libFuzzer (FUZZ=1) and lets them look for others.
FUZZERS  = $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
UNIT_FUZZ = $(addprefix tests/unit/,model_file.c model_flaw.c extreme_model.c check.c)
FUZZ_OBJ = $(call objects,tests/fuzz/fuzz.c tests/fuzz/atom_host.c $(UNIT_FUZZ) \
             engine/cli/midi/midifile.c engine/cli/midi/smfclean.c $(PLUGIN_SRC))
$(B)/obj/tests/fuzz/%.o: FLAGS = $(if $(FUZZ),,-DFUZZ_STANDALONE) -Iengine/cli -Iplugin -Itests/unit \
                                 $(call flags,smf jansson lv2 cmocka)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJ) $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(FUZZ) -o $@ $^ $(call libs,smf jansson cmocka) -lm -pthread

fuzzers: $(FUZZERS)

# make fuzz SECONDS=3600 FUZZ_ONLY="model atoms"
SECONDS = 60
fuzz:
	@tests/fuzz/run $(B) $(SECONDS) $(FUZZ_ONLY)

# What the study computes, for its second implementation to look at.
STUDY_TESTS = $(addprefix $(B)/tests/study_,compute decode)
$(B)/tests/study_%: $(B)/obj/tests/study/%.o $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,jansson) -lm -pthread

# The kernel for AVX-VNNI once more, in instructions of AVX-512 that do the same: so it is
# tested where there are only these.
ifeq ($(ARCH),x86_64)
KERNEL_EVEX = $(B)/obj/tests/unit/kernel_avxvnni_evex.o
$(KERNEL_EVEX): engine/encoder/kernel_avxvnni.c Makefile $(B)/flags/build
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -O3 -mavx2 -mavx512vl -mavx512vnni -c $< -o $@
$(B)/tests/test_kernel: $(KERNEL_EVEX)
endif

# What every kernel computes, without a library: tests/arm/run.
$(B)/tests/kernel_bits: $(call objects,tests/arm/kernel_bits.c engine/encoder/kernel.c engine/base/tables.c \
                          engine/encoder/kernel_scalar.c $(KERNELS_$(ARCH)))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^

$(B)/tests/%: $(B)/obj/tests/unit/%.o $(call objects,$(UNIT_HELP)) $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,jansson cmocka cairo) -lm -pthread

demo: deps
	@$(MAKE) --no-print-directory -s all $(B)/demo
	@$(B)/demo $(BUNDLE)

# Peers and other figures are part of it where what they need is installed.
BENCH_TESTS = $(addprefix $(B)/tests/,cost host_test_shared bench_latency)
bench: deps
	@$(MAKE) --no-print-directory -s all $(if $(shell $(PKG_CONFIG) --exists cmocka && echo yes),$(BENCH_TESTS))
	@tests/bench/run $(B) $(SECONDS)

check: deps-check
	@$(MAKE) --no-print-directory all $(B)/demo $(UNIT_TESTS) $(HOST_TESTS) $(GUI_TESTS) $(STUDY_TESTS) $(FUZZERS) \
	  $(B)/tests/cost $(B)/tests/hell $(B)/tests/soak $(B)/tests/kernel_bits
	@tests/run $(B)

# Whether what README promises would be missed.
breaks: deps-check
	@tests/breaks/run

# What tests/realtime runs with a sanitizer.
realtime-tests: $(BUNDLE_ALL) $(B)/music-neurons $(HOST_TESTS) $(B)/tests/hell

# What tests/sanitize and tests/coverage run.
sanitizer-tests: realtime-tests $(UNIT_TESTS)
coverage-tests: all sanitizer-tests $(GUI_TESTS) $(STUDY_TESTS)

# The tests with sanitizers, what linters find, and how much the tests run: minutes each.
sanitize: deps-check
	@tests/sanitize $(B)

lint: deps-check
	@tests/lint

coverage: deps-check
	@tests/coverage $(B)

# The same host from hell, for hours: SOAK_SEED and SOAK_BLOCKS say which and how much.
SOAK_SEED   ?= 1
SOAK_BLOCKS ?= 10000000
soak: deps-check
	@$(MAKE) --no-print-directory all $(B)/tests/hell
	@$(B)/tests/hell $(SOAK_SEED) $(SOAK_BLOCKS)

# Music without end; SOAK_SEED says which.
HOURS ?= 24
soak-music: deps-check
	@$(MAKE) --no-print-directory all $(B)/tests/soak
	@$(B)/tests/soak $(BUNDLE) $$(($(HOURS) * 60)) $(SOAK_SEED)

# After a change of what is drawn: look at them, then keep them.
pictures:
	@$(MAKE) --no-print-directory $(B)/tests/test_draw
	MN_DRAW_OUTPUT=tests/golden/window $(B)/tests/test_draw

check-hosts: deps-check
	@$(MAKE) --no-print-directory all
	@tests/hosts/run $(B)

check-gui: deps-check
	@$(MAKE) --no-print-directory all $(GUI_TESTS)
	@tests/gui/run $(B)

# The shipped models against the paper, and their cards with what comes out: minutes.
STUDY = $(B)/music-neurons study --corpus ../shared/corpus
study: all
	$(STUDY) magenta --decoder ../shared/checkpoints/mel_small -o $(B)/study-magenta
	$(STUDY) open --decoder engine/training/runs/open/weights-half.safetensors -o $(B)/study-open
	cp $(B)/study-magenta/study.json engine/models/melody-2bar.study.json
	cp $(B)/study-open/study.json engine/models/melody-2bar-open.study.json
	/usr/bin/python3 engine/models/cards.py

# CPU of an open window while music plays.
bench-window: deps-check
	@$(MAKE) --no-print-directory -s all $(B)/tests/gui_bench
	@tests/gui/bench $(B)

install: all
	install -d $(DESTDIR)$(LV2DIR)/music-neurons.lv2 $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(BUNDLE)/music-neurons.so $(BUNDLE)/ui.so $(DESTDIR)$(LV2DIR)/music-neurons.lv2/
	install -m 644 $(BUNDLE)/*.ttl $(BUNDLE)/*.safetensors $(DESTDIR)$(LV2DIR)/music-neurons.lv2/
	install -m 755 $(B)/music-neurons $(DESTDIR)$(BINDIR)/
	install -m 644 engine/cli/music-neurons.1 $(DESTDIR)$(MANDIR)/man1/
	install -d $(DESTDIR)$(PREFIX)/share/music-neurons
	install -m 644 $(REPORT) $(DESTDIR)$(PREFIX)/share/music-neurons/
ifdef ARDOUR_SCRIPTS
	install -d $(DESTDIR)$(ARDOUR_SCRIPTS)
	install -m 644 presets/ardour/*.lua $(DESTDIR)$(ARDOUR_SCRIPTS)/
endif

clean:
	rm -rf $(B)

.PHONY: all always deps deps-check demo bench check study soak soak-music realtime-tests sanitizer-tests coverage-tests \
  sanitize lint coverage breaks fuzzers fuzz pictures \
  check-hosts check-gui bench-window install clean
# What is made on the way to the tests stays. It is not .SECONDARY, which would leave
# objects as they are when a header that they read is gone.
.PRECIOUS: $(B)/obj/%.o

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
