# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# What make does beside building and installing. The Makefile includes this.

# make demo       a melody and random notes through the built plugin, in the terminal
# make demo-player   the player morphs from one tune to another: MIDI, a picture and, with FluidSynth, sound
# make check      all tests; check-hosts: JACK and Ardour alone; check-gui: the window alone
# make lint       layout, layers, names and licences, cppcheck, clang-tidy: minutes
# make sanitize   tests with the sanitizers for addresses, undefined behaviour, threads, memory
# make coverage   lines and branches that the tests run
# make fuzz       hostile input made up for SECONDS=60 a reader: tests/fuzz/README.md
# make soak       10 million blocks of the host from hell
# make soak-music HOURS=24 of music, as fast as it goes
# make breaks     breaks the program on purpose, for tests to notice: tests/breaks; half an hour
# make bench      the encoder against its floors and peers, in SECONDS=60 of paired rounds
# make bench-window   CPU of an open window
# make study      the shipped models against the paper, and their cards: minutes
# make pictures   the pictures that the window's tests compare with
# make deps-check installs the Debian packages that the tests need

CHECK_DEBS = g++ libcmocka-dev fonts-dejavu-core python3 python3-torch python3-numpy python3-matplotlib \
             debhelper lintian appstream lilv-utils zsh serdi sordi valgrind cppcheck clang clang-format clang-tidy libclang-rt-dev mandoc jackd2 libjack-jackd2-dev jalv ardour \
             gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user \
             libx11-dev xvfb xdotool imagemagick x11-utils libqt5x11extras5 fluidsynth timgm6mb-soundfont \
             $(if $(shell command -v npm),,nodejs npm) $(NEW_CLANG)

# The newest clang that there is from 20 on, beside the one that lints: it proves that run()
# never waits. Debian 12 has 22 among its security updates. A new machine may have no lists.
NEW_CLANG = $(shell sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
              find() { for v in 24 23 22 21 20; do \
                apt-cache show clang-$$v libclang-rt-$$v-dev >/dev/null 2>&1 && \
                echo clang-$$v libclang-rt-$$v-dev && return; done; return 1; }; \
              find || { $$sudo apt-get update -qq >/dev/null 2>&1; find; })

deps-check: deps
	$(call install_debs,$(CHECK_DEBS))

# Programs of the tests.

HOST_SRC    = $(wildcard tests/host/*.c)
UNIT_SRC    = $(wildcard tests/unit/test_*.c)
UNIT_HELP   = $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
UNIT_TESTS  = $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
HOST_TESTS  = $(patsubst tests/host/%.c,$(B)/tests/host_%,$(wildcard tests/host/test_*.c))
GUI_TESTS   = $(addprefix $(B)/tests/gui_,window controls drag player bench where)
STUDY_TESTS = $(addprefix $(B)/tests/study_,compute decode phrases)
FUZZERS     = $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

# Models that are made up.
MODEL_FILE = $(call objects,$(addprefix tests/unit/,model_file.c model_parts.c model_tensors.c check.c))

$(B)/obj/tests/unit/%.o: FLAGS = $(call flags,jansson cmocka cairo lv2) -Igui -Iplugin -Iplayer
$(B)/obj/tests/host/%.o: FLAGS = $(call flags,lilv-0 lv2 jansson cairo) $(call flags,cmocka) -Iplugin -Iplayer -Igui
$(B)/obj/tests/cost/%.o: FLAGS = $(call flags,lilv-0 lv2 jansson cmocka) -Iplugin -Iplayer -Itests/host -Itests/unit
$(B)/obj/tests/bench/%.o: FLAGS = $(call flags,lilv-0 lv2) -Iplugin -Iplayer -Itests/host
$(B)/obj/tests/hell/%.o: FLAGS = $(call flags,lilv-0 lv2 jansson cmocka) -Iplugin -Iplayer -Itests/host -Itests/unit
$(B)/obj/tests/soak/%.o: FLAGS = $(call flags,lilv-0 lv2 cmocka) -Iplugin -Iplayer -Itests/host -Itests/unit
$(B)/obj/tests/gui/%.o: FLAGS = $(call flags,lilv-0 lv2 cmocka cairo x11) -Iplugin -Iplayer -Igui -Itests/host
$(B)/obj/tests/fuzz/%.o: FLAGS = $(if $(FUZZ),,-DFUZZ_STANDALONE) -Iengine/cli -Iplugin -Iplayer -Itests/unit \
                                 $(call flags,smf jansson lv2 cmocka)

$(B)/obj/tests/%.o: tests/%.c Makefile tests/rules.mk $(B)/flags/build
	$(compile)

# $(call link,MODULES): of the libraries of these modules of pkg-config.
define link
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(1)) -lm -pthread
endef

# The project's own host: the demo, and the tests of the built plugin. What asserts is for
# the tests alone: the demo can be built without their library.
HOST_ASSERTS = $(addprefix tests/host/,drive.c tape.c)
HOST_PLAYER  = tests/host/player_drive.c
HOST_CHECKS  = $(call objects,$(HOST_ASSERTS))
$(B)/libhost.a: $(call objects,$(filter-out $(HOST_ASSERTS) $(HOST_PLAYER) $(wildcard tests/host/demo*.c) $(wildcard tests/host/test_*.c),$(HOST_SRC)))
	$(archive)

$(B)/demo: $(B)/obj/tests/host/demo.o $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson)

$(B)/demo-player: $(B)/obj/tests/host/demo_player.o $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson)

$(B)/tests/host_%: $(B)/obj/tests/host/%.o $(HOST_CHECKS) $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka cairo)

# The player, and the second level, of models that are made up.
PLAYER_TESTS = test_player test_player_blocks test_player_places test_player_kept test_player_notes
$(call objects,$(PLAYER_TESTS:%=tests/host/%.c) $(HOST_PLAYER)): \
  FLAGS = $(call flags,lilv-0 lv2 jansson cmocka) -Iplugin -Iplayer -Itests/unit
$(PLAYER_TESTS:%=$(B)/tests/host_%): $(B)/tests/host_%: $(B)/obj/tests/host/%.o $(call objects,$(HOST_PLAYER)) $(MODEL_FILE) \
                                     $(HOST_CHECKS) $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka)

$(addprefix $(B)/tests/host_test_,long notify_models): $(B)/tests/host_%: $(B)/obj/tests/host/%.o $(MODEL_FILE) $(HOST_CHECKS) \
                                                   $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka cairo)

# What the program renders, against the built plugin: it is linked with the program's parts.
$(B)/obj/tests/host/test_render.o: FLAGS = $(call flags,lilv-0 lv2 jansson cmocka smf) -Iplugin -Iplayer -Igui -Iengine/cli
$(B)/tests/host_test_render: $(B)/obj/tests/host/test_render.o \
                             $(call objects,$(filter-out engine/cli/main.c,$(CLI_SRC)) $(PLUGIN_SRC)) \
                             $(HOST_CHECKS) $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	$(call link,lilv-0 cmocka $(CLI_MODULES))

# What run() costs: tests/cost/run.
$(B)/tests/cost: $(B)/obj/tests/cost/blocks.o $(MODEL_FILE) $(HOST_CHECKS) $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka)

# How long a window takes to the ports, in real time.
$(B)/tests/bench_latency: $(B)/obj/tests/bench/latency.o $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson)

# The host from hell is linked with the plugin's objects, and counts calls of these functions.
HELL_COUNTS = mn_encode_requests_add mn_encode_queue_drop mn_outputs_init mn_model_load mn_model_free
$(B)/tests/hell: $(call objects,$(wildcard tests/hell/*.c) $(PLUGIN_SRC)) $(MODEL_FILE) \
                 $(B)/libhost.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(HELL_COUNTS:%=-Wl,--wrap=%) -o $@ $^ $(call libs,lilv-0 jansson cmocka) -lm -pthread

# Hours of music through the built bundle. It reads the state of the instance.
$(B)/tests/soak: $(call objects,$(wildcard tests/soak/*.c) tests/unit/check.c) $(B)/libhost.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka)

# The same host with a window. Its tests need a display: tests/gui/run.
GUI_HELP = $(call objects,$(addprefix tests/gui/,ui_host.c ui_user.c open_window.c))
$(B)/tests/gui_%: $(B)/obj/tests/gui/%.o $(GUI_HELP) $(B)/libhost.a $(B)/libdraw.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka cairo x11)

# A window of another client, on which things are dropped.
$(B)/obj/tests/gui/drag.o: FLAGS = $(call flags,lilv-0 lv2 cmocka cairo x11 smf) -Iplugin -Iplayer -Igui -Itests/host
$(B)/tests/gui_drag: $(call objects,tests/gui/drag.c tests/gui/drag_target.c) $(GUI_HELP) $(B)/libhost.a \
                     $(B)/libdraw.a $(B)/libengine.a
	$(call link,lilv-0 jansson cmocka cairo x11 smf)

# The reader of MIDI files.
MIDIFILE_SRC = $(addprefix engine/cli/midi/,faults.c midibytes.c midifile.c smfclean.c smftrack.c ticks.c tracknames.c)

# Fuzzers try the inputs that they are given; tests/fuzz/run builds them with libFuzzer
# (FUZZ=-fsanitize=fuzzer), which makes up more: tests/fuzz/README.md.
FUZZ_OBJ = $(call objects,$(addprefix tests/fuzz/,fuzz.c atom_host.c) \
             $(addprefix tests/unit/,model_flaw.c extreme_model.c) $(MIDIFILE_SRC) $(PLUGIN_SRC)) $(MODEL_FILE)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJ) $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(FUZZ) -o $@ $^ $(call libs,smf jansson cmocka) -lm -pthread

# What the study computes, for its second implementation to compare with.
$(B)/tests/study_%: $(B)/obj/tests/study/%.o $(B)/libengine.a
	$(call link,jansson)

# The kernel for AVX-VNNI, in the instructions of AVX-512 that do the same: so it is also
# tested on processors without AVX-VNNI.
ifeq ($(ARCH),x86_64)
KERNEL_EVEX = $(B)/obj/tests/unit/kernel_avxvnni_evex.o
$(KERNEL_EVEX): FLAGS = -O3 -mavx2 -mavx512vl -mavx512vnni
$(KERNEL_EVEX): engine/encoder/kernel_avxvnni.c Makefile tests/rules.mk $(B)/flags/build
	$(compile)
$(B)/tests/test_kernel: $(KERNEL_EVEX)
endif

# What every kernel computes, without a library: tests/arm/run.
$(B)/tests/kernel_bits: $(call objects,tests/arm/kernel_bits.c engine/encoder/kernel.c engine/base/tables.c \
                          engine/encoder/kernel_scalar.c $(KERNELS_$(ARCH)))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^

# The program, whose allocations fail in turn.
FAILING = malloc calloc realloc strdup asprintf mmap
$(B)/obj/tests/allocations/%.o: FLAGS = $(call flags,jansson lilv-0 lv2 cmocka) -Iplugin -Iplayer -Itests/host -Itests/unit
$(B)/tests/failing-music-neurons: $(B)/obj/tests/allocations/failing.o $(call objects,$(CLI_SRC) $(PLUGIN_SRC)) $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(FAILING:%=-Wl,--wrap=%) -o $@ $^ $(call libs,$(CLI_MODULES)) -lm -pthread

# The bundle, likewise, and the host that lets them fail.
FAILING_BUNDLE = $(B)/failing/music-neurons.lv2
FAILING_PLUGIN = $(FAILING) strndup realpath mn_tlsf_malloc mn_tlsf_aligned
$(FAILING_BUNDLE)/music-neurons.so: $(call objects,$(addprefix tests/allocations/,failing.c failing_plugin.c) $(PLUGIN_SRC)) $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) -shared -Wl,--no-undefined $(LDFLAGS) $(FAILING_PLUGIN:%=-Wl,--wrap=%) -o $@ $^ $(call libs,jansson) -lm -pthread

$(FAILING_BUNDLE)/%: $(BUNDLE)/%
	@mkdir -p $(@D)
	cp $< $@

$(B)/tests/failing_plugin: $(call objects,tests/allocations/plugin.c) $(MODEL_FILE) \
                           $(HOST_CHECKS) $(B)/libhost.a $(B)/libengine.a | \
                           $(addprefix $(FAILING_BUNDLE)/,music-neurons.so manifest.ttl monitor.ttl cv.ttl player.ttl)
	$(call link,lilv-0 jansson cmocka)

# How the player moves.
$(B)/tests/test_move: $(call objects,player/move.c player/tuning.c)

# The reader of MIDI files, in which the test stands for libsmf.
$(B)/obj/tests/unit/test_midifile.o: FLAGS = $(call flags,smf jansson cmocka) -Iengine/cli
$(B)/tests/test_midifile: $(B)/obj/tests/unit/test_midifile.o $(call objects,$(UNIT_HELP)) \
                          $(call objects,$(MIDIFILE_SRC)) $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -Wl,--wrap=smf_load_from_memory -o $@ $^ $(call libs,smf jansson cmocka cairo) -lm -pthread

# libsmf reads what the window saves.
$(B)/obj/tests/unit/test_past.o: FLAGS = $(call flags,smf jansson cmocka cairo lv2) -Igui -Iplugin -Iplayer
$(B)/tests/test_past: $(B)/obj/tests/unit/test_past.o $(call objects,$(UNIT_HELP)) $(B)/libdraw.a $(B)/libengine.a
	$(call link,smf jansson cmocka cairo)

$(B)/tests/%: $(B)/obj/tests/unit/%.o $(call objects,$(UNIT_HELP)) $(B)/libdraw.a $(B)/libengine.a
	$(call link,jansson cmocka cairo lapacke)

# Without this, make removes objects that it made on the way to a test. .SECONDARY would not
# rebuild an object whose header is gone.
.PRECIOUS: $(B)/obj/%.o $(B)/obj/tests/%.o

# What scripts of the tests build: tests/realtime, tests/sanitize, tests/coverage, tests/fuzz/run.
realtime-tests: $(BUNDLE_ALL) $(B)/music-neurons $(HOST_TESTS) $(B)/tests/hell
sanitizer-tests: realtime-tests $(UNIT_TESTS) $(B)/tests/failing_plugin
thread-tests: $(BUNDLE_ALL) $(B)/tests/hell $(addprefix $(B)/tests/host_test_,quirks models listening)
coverage-tests: all sanitizer-tests $(GUI_TESTS) $(STUDY_TESTS)
fuzzers: $(FUZZERS)

# Goals for people. Each first installs what it needs, then builds by a make of its own.

SUBMAKE = @$(MAKE) --no-print-directory

demo: deps
	$(SUBMAKE) -s all $(B)/demo
	@$(B)/demo $(BUNDLE)

# With MODEL=FILE, by another model than the bundle's.
demo-player: deps
	$(SUBMAKE) -s all $(B)/demo-player
	@$(B)/demo-player $(BUNDLE) $(B)/demo-player.mid $(MODEL)
	@$(B)/music-neurons draw --piece $(B)/demo-player.mid -o $(B)/demo-player.png
	@echo "$(B)/demo-player.png: a picture of it"
	@tests/playing/sound $(B)/demo-player.mid $(B)/demo-player.wav || [ $$? = 3 ]

check: deps-check
	$(SUBMAKE) all $(B)/demo $(B)/demo-player $(UNIT_TESTS) $(HOST_TESTS) $(GUI_TESTS) $(STUDY_TESTS) $(FUZZERS) \
	  $(addprefix $(B)/tests/,cost hell soak kernel_bits failing-music-neurons failing_plugin)
	@tests/run $(B)

check-hosts: deps-check
	$(SUBMAKE) all
	@tests/hosts/run $(B)

check-gui: deps-check
	$(SUBMAKE) all $(GUI_TESTS)
	@tests/gui/run $(B)

lint: deps-check
	$(SUBMAKE) all
	@tests/lint

sanitize: deps-check
	@tests/sanitize $(B)

coverage: deps-check
	@tests/coverage $(B)

# Whether a broken promise of tests/README.md is noticed.
breaks: deps-check
	@tests/breaks/run

# make fuzz SECONDS=3600 FUZZ_ONLY="model atoms"
SECONDS = 60
fuzz:
	@tests/fuzz/run $(B) $(SECONDS) $(FUZZ_ONLY)

# SOAK_SEED says which session or which music.
SOAK_SEED   ?= 1
SOAK_BLOCKS ?= 10000000
HOURS       ?= 24
soak: deps-check
	$(SUBMAKE) all $(B)/tests/hell
	@$(B)/tests/hell $(SOAK_SEED) $(SOAK_BLOCKS)

soak-music: deps-check
	$(SUBMAKE) all $(B)/tests/soak
	@$(B)/tests/soak $(BUNDLE) $$(($(HOURS) * 60)) $(SOAK_SEED)

# Peers and other figures are part of it where what they need is installed.
BENCH_TESTS = $(addprefix $(B)/tests/,cost host_test_shared bench_latency)
bench: deps
	$(SUBMAKE) -s all $(if $(shell $(PKG_CONFIG) --exists cmocka && echo yes),$(BENCH_TESTS))
	@tests/bench/run $(B) $(SECONDS)

bench-window: deps-check
	$(SUBMAKE) -s all $(B)/tests/gui_bench
	@tests/gui/bench $(B)

# The cards hold what comes out.
STUDY = $(B)/music-neurons study --corpus ../shared/corpus --windows 30000
study: all
	$(STUDY) magenta --decoder ../shared/checkpoints/mel_small -o $(B)/study-magenta
	$(STUDY) open --decoder engine/training/runs/open-broad/weights-half.safetensors -o $(B)/study-open
	cp $(B)/study-magenta/study.json engine/models/melody-2bar.study.json
	cp $(B)/study-open/study.json engine/models/melody-2bar-open.study.json
	/usr/bin/python3 engine/models/cards.py

# After a change of what is drawn: look at them before you commit them.
pictures:
	$(SUBMAKE) $(B)/tests/test_draw
	MN_DRAW_OUTPUT=tests/golden/window $(B)/tests/test_draw

.PHONY: deps-check realtime-tests sanitizer-tests thread-tests coverage-tests fuzzers demo demo-player check check-hosts check-gui lint \
  sanitize coverage breaks fuzz soak soak-music bench bench-window study pictures
