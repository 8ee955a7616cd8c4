# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The plugin in Ardour, without a screen: ardour.py BUILD SCRATCH"""

import pathlib
import subprocess

import ardour_session
import common
import midi
from ardour_session import Snapshot
from common import SCRATCH

SESSION = SCRATCH / "ardour" / "session"
SCRIPT = common.HERE / "ardour.lua"
AUTOMATE = common.HERE.parents[1] / "presets" / "ardour" / "music-neurons-automate.lua"

SECONDS = 90
BLOCK = 1024  # as in ardour7-export

# On a busy machine, some exports of Ardour 7.3 crash, hang or sound different, with or
# without our plugin.
EXPORT_ATTEMPTS = 4
EXPORT_SECONDS = 30

WINDOWS_AFTER = 12  # with a hop of a beat: up to beat 20, past the change of tempo
# The player's: it plays what it heard in the turn before, as chance has it.
VARY, SEED, AMOUNT, TEMPERATURE = 1, 3, 0.5, 1
SETTINGS = {"mode": VARY, "amount": AMOUNT, "temperature": TEMPERATURE, "seed": SEED, "thru": 0}
TURNS, TURN_STEPS = (common.BARS + 1) // 2, 32
HOLD, NOTE_OFF, NOTE_OFFSET = 0, 1, 19  # tokens; above them, keys

STYLE_1 = 31  # the first of the sources that are styles

LOW, HIGH = 0.1, 0.9  # of the gain's level, as the script gets them

results = common.Results("ardour")


def ardour_lua(*arguments):
    """Runs ardour.lua. Returns its output and its exit status."""
    done = subprocess.run(
        ["ardour7-lua", SCRIPT, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=SECONDS,
    )
    return done.stdout, done.returncode


def ardour(command, *arguments, snapshot="session", block=BLOCK):
    """Runs a command of ardour.lua. Returns its values by the names of lines."""
    text, status = ardour_lua(command, SESSION, snapshot, block, *arguments)
    told = {"outputs": [], "at_rest": [], "controls": [], "values": []}
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in told:
            pairs = (word.split("=") for word in words[1:])
            told[words[0]].append({name: float(value) for name, value in pairs})
    # It may crash when it closes the session, even an empty one.
    if "done" not in text.splitlines():
        raise RuntimeError(f"{command}: status {status}\n{text[-4000:]}")
    return told


def write_script(state, name, **parameters):
    """Adds the automation script to a state of session scripts in a file."""
    words = [f"{key}={value}" for key, value in parameters.items()]
    text, status = ardour_lua("script", AUTOMATE, name, state, *words)
    if status:
        raise RuntimeError(f"script: {text}")


def export(snapshot, block=None):
    """The samples of an exported snapshot, at a block size in another way."""
    folder = SCRATCH / "export"
    folder.mkdir(exist_ok=True)
    file = folder / "export.wav"
    for _ in range(EXPORT_ATTEMPTS):
        file.unlink(missing_ok=True)
        if block:
            try:
                ardour("export", folder, file.stem, snapshot=snapshot, block=block)
                return ardour_session.samples(file)
            except (RuntimeError, subprocess.SubprocessError) as error:
                problem = error
        else:
            command = ["ardour7-export", "-b", "float", "-o", file, SESSION, snapshot]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=EXPORT_SECONDS)
                return ardour_session.samples(file)
            except subprocess.SubprocessError as error:
                problem = error
    raise RuntimeError(f"no export: {problem}")


def exports_as(audio, snapshot, block=None):
    """Whether a snapshot exports to that audio, on a second try if needed."""
    for _ in range(2):
        other = export(snapshot, block)
        if other == audio:
            return True
        pairs = enumerate(zip(audio, other))
        at = next((frame for frame, (a, b) in pairs if a != b), None)
        frames = f"{len(other)} of {len(audio)} frames" if at is None else f"from frame {at}"
        print(f"differs ardour: an export of {snapshot} at {block or BLOCK}, {frames}", flush=True)
    return False


def samples_of(told):
    samples = common.Samples()
    for ports in told["outputs"]:
        samples.add(ports)
    samples.at_rest = told["at_rest"][-1]
    return samples


def test_playing():
    samples = samples_of(ardour("play", common.WINDOWS, block=256))
    results.check_synced("is synced while the transport rolls", samples, 1)
    results.check_at_rest(samples)
    results.check_outputs(samples)
    results.check_windows(
        "windows follow bars through a tempo change", samples, common.expected()
    )


def as_named(values):
    """Turns values by symbol into values by name of port, as Ardour's Lua has them.

    Without "tempo", which is designated as the host's: there Ardour writes the session's.
    """
    return {name.replace("_wide", "_14_bits"): v for name, v in values.items() if name != "tempo"}


def test_reopening():
    """What was set before the session was saved is there when it opens again."""
    settings = {"hop": 3, "channel": 1, "voice": 2, "hold": 40, "glide": 0}
    slots = {"cc_2_channel": 16, "cc_3_invert": 1, "cc_4_curve": -0.25, "cc_8_source": 19}
    presets = common.factory_presets()
    preset, model = presets["Slow drift on 4 CCs"], presets[common.SECOND_PRESET]
    words = (f"{name}={value}" for name, value in {**settings, **slots}.items())
    ardour("change", preset.uri, model.uri, *words)
    told = ardour("play", WINDOWS_AFTER, block=256)
    controls = told["controls"][0]

    def kept(values):
        return all(abs(controls[n] - v) < 1e-6 for n, v in as_named(values).items())

    results.check("controls survive saving and reopening", kept(settings), str(controls))
    changed = {**preset.values, **settings, **slots}
    results.check("a preset and CC slots survive, too", kept(changed), str(controls))

    wanted = common.expected(
        "--hop", "beat", "--channel", "1", "--voice", "latest", model=common.SECOND_MODEL
    )
    wanted = {window: ports for window, ports in wanted.items() if window <= WINDOWS_AFTER}
    samples = samples_of(told)
    results.check_synced("is synced after reopening", samples, 1)
    results.check_windows("the model survives saving and reopening", samples, wanted)


def test_presets():
    presets = common.factory_presets()
    told = ardour("presets", *presets)["controls"]
    wrong = [
        label
        for (label, preset), controls in zip(presets.items(), told)
        if any(abs(controls[n] - v) > 1e-6 for n, v in as_named(preset.values).items())
    ]
    good = len(told) == len(presets) >= 8 and not wrong
    results.check("lists and loads all presets", good, " ".join(wrong))


def levels_at(audio, channel, windows=range(1, common.WINDOWS)):
    """The level of a channel in the middle of the bar after each window."""
    tempos = (common.BPM, 0, common.BPM)
    frames = [common.frame_of(4 * (w + 1) + 2, tempos) for w in windows]
    return [audio[frame][channel] for frame in frames]


def neuron_1(windows):
    """Its values in all windows but the last, which the session's end cuts. None: unknown."""
    return [windows.get(w, {}).get("neuron_1") for w in range(1, common.WINDOWS)]


def is_as(wanted, told, tolerance):
    """Whether values are as wanted, and enough are known and different."""
    known = [(w, t) for w, t in zip(wanted, told) if w is not None]
    good = all(abs(w - t) <= tolerance for w, t in known)
    return good and len(set(t for _, t in known)) > 3


def test_modulation():
    """Another plugin follows a neuron: by a CC, and by the script's automation."""
    ardour("change", "cc_1_source=4", "cc_1_controller=20", "cc_1_glide=0", snapshot="steady")
    told = ardour("record", common.WINDOWS, snapshot="steady", block=256)
    recorded = Snapshot(SESSION, "steady")
    points = len(recorded.automation())
    results.check("the script's parameter is recorded", points > common.WINDOWS, str(points))
    # Ardour begins with a point at the start and one at the end.
    points = ardour("remove")["values"][0]["points"]
    results.check("so it is in Touch; plugins may leave in mid-play", points > 2, str(points))
    # Ardour removes a script that fails.
    left = all(name in recorded.scripts() for name in (b'"follow"', b'"lost"'))
    results.check("a script with no plugin to follow does no harm", left)

    audio = export("steady")
    sent = [round(code * 2**14) >> 7 for code in levels_at(audio, 0)]
    values = neuron_1(common.expected())
    wanted = [v if v is None else int(127 * v + 0.5) for v in values]
    results.check("a synth hears neuron 1 as a CC", is_as(wanted, sent, 0), f"{sent}, not {wanted}")
    levels = levels_at(audio, 1)
    values = neuron_1(samples_of(told).by_window())
    wanted = [v if v is None else LOW + (HIGH - LOW) * v for v in values]
    good = is_as(wanted, levels, 1e-3)
    results.check("an effect follows neuron 1 by the script", good, f"{levels}, not {wanted}")

    again = [exports_as(audio, "steady") for _ in range(2)]
    results.check("three exports are the same", all(again))
    blocks = [exports_as(audio, "steady", block) for block in (64, 1024)]
    results.check("blocks of 64 and of 1024 sound the same", all(blocks))

    recorded.bypass_plugin()
    recorded.forget_automation()
    recorded.save("bypassed")
    recorded.remove_plugin()
    recorded.save("bare")
    bypassed = export("bypassed")
    differ = all(levels_at(bypassed, c) != levels_at(audio, c) for c in (0, 1))
    results.check("a bypassed run sounds different", differ)
    results.check("a synth hears the same through the plugin", exports_as(bypassed, "bare"))


def keys_played(audio):
    """The key that sounds in the middle of each step; 0: none."""
    middles = [(step + 0.5) / common.STEPS_PER_BEAT for step in range(TURNS * TURN_STEPS)]
    frames = [common.frame_of(beat, (common.BPM, 0, common.BPM)) for beat in middles]
    return [round(audio[frame][0] * 2**14) & 0x7F for frame in frames]


def keys_varied():
    """How the program varies each turn's notes, where the turn after it is."""
    file = SCRATCH / "turn-later.mid"
    notes = [(start + TURN_STEPS, end + TURN_STEPS, key) for start, end, key in common.music()]
    file.write_bytes(midi.file(midi.track(*(midi.note(*n) for n in notes)), form=0))
    chance = ["--amount", AMOUNT, "--temperature", TEMPERATURE, "--seed", SEED]
    command = [common.PROGRAM, "vary", "--model", common.OWN_MODEL, *chance, file]
    text = subprocess.run(
        map(str, command), check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout
    keys = []
    for line in text.splitlines()[:TURNS]:
        key = 0  # nothing sounds on from one turn to the next
        for token in map(int, line.split()):
            key = {HOLD: key, NOTE_OFF: 0}.get(token, token + NOTE_OFFSET)
            keys.append(key)
    return keys


def test_player():
    """A synth hears the player: the notes that the program writes, in every export."""
    audio = export("player")
    played, varied = keys_played(audio), keys_varied()
    wrong = [step for step, keys in enumerate(zip(played, varied)) if keys[0] != keys[1]]
    good = not wrong and len(set(played)) > TURN_STEPS / 2
    detail = f"steps {wrong} of {played}"
    results.check("a synth hears the notes that the program writes", good, detail)
    again = [exports_as(audio, "player", block) for block in (None, BLOCK)]
    results.check("three exports play the same", all(again))
    results.check("blocks of 64 play the same", exports_as(audio, "player", 64))


def test_styles():
    """A synth hears how likely a folk dance is: through a reel, and then a hymn."""
    names, wanted = common.expected_styles()
    _, hymn, _ = common.two_tunes()
    source = STYLE_1 + names.index("folk dance")
    settings = (f"cc_1_source={source}", "cc_1_controller=20", "cc_1_glide=0", "glide=0", "hold=64")
    model = common.factory_presets()[common.SECOND_PRESET].uri
    ardour("change", model, *settings, snapshot="styles")
    audio = export("styles")
    symbol = f"style_{names.index('folk dance') + 1}"
    shares = {w: ports[symbol] for w, ports in wanted.items() if w < max(wanted)}
    told = [round(code * 2**14) >> 7 for code in levels_at(audio, 0, shares)]
    sent = [int(127 * share + 0.5) for share in shares.values()]
    results.check("a synth hears the style as a CC", told == sent, f"{told}, not {sent}")
    tops = [wanted[w]["style_top"] for w in (hymn - 1, max(wanted))]
    results.check_styles(names, *tops)
    half = 127 / 2
    falls = told[hymn - 2] > half > told[-1]
    results.check("the folk dance comes with the reel, and goes with the hymn", falls, str(told))


def test():
    ardour_session.write_export_format(pathlib.Path.home())
    ardour("create", *(f"{name}={value}" for name, value in SETTINGS.items()))
    results.check("a MIDI track takes the plugin", True)
    state = SCRATCH / "scripts"
    state.unlink(missing_ok=True)
    follow = {"source": "Neuron 1", "track": "Master", "parameter": "level"}
    percents = {"low": 100 * LOW, "high": 100 * HIGH}
    write_script(state, "follow", plugin="test gain", **follow, **percents)
    write_script(state, "lost", plugin="Not There", **follow)

    styles = Snapshot(SESSION, "session")
    styles.add_music(common.TWO_TUNES, common.two_tunes()[2])
    styles.remove_tempo_change()
    styles.save("styles")
    session = Snapshot(SESSION, "session")
    session.add_music()
    session.set_scripts(state.read_bytes())
    session.save("session")
    session.remove_tempo_change()
    session.save("steady")
    player = Snapshot(SESSION, "player")
    player.add_music()
    player.remove_tempo_change()
    player.save("player")
    test_presets()
    test_modulation()
    test_player()
    test_styles()
    test_playing()
    test_reopening()


if __name__ == "__main__":
    results.of(test)
