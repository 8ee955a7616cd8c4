-- Copyright 2026 The Music Neurons authors
-- SPDX-License-Identifier: ISC

-- What ardour.py has Ardour do, on its dummy backend:
--
--     create SESSION NAME        a track with the plugin; snapshot NAME adds a synth
--     play SESSION WINDOW        play until a window, telling the outputs
--     change SESSION PRESET N=V  load a preset, set controls, save
--
-- Prints lines of "outputs" or "controls" with name=value pairs. Nothing may
-- refer to the session when it closes: hence one function a command.

local URI = "urn:music-neurons:monitor"
local SYNTH = "https://community.ardour.org/node/7596"
local RATE = 48000
local BPM, CHANGE_BEAT, BPM_AFTER = 240, 16, 180
local TICKS = 1920
local POLL_SECONDS, SETTLE_SECONDS = 0.03, 0.5
local UI = ARDOUR.TransportRequestSource.TRS_UI

-- Not print(): what it wrote is lost when Ardour dies.
local function tell(...)
	io.write(table.concat({...}, " "), "\n")
	io.flush()
end

-- Ports by name, as indices among the control ports: that is how Lua's
-- functions count them.
local function controls_of(plugin)
	local inputs, outputs = {}, {}
	local index = 0
	for port = 0, plugin:parameter_count() - 1 do
		if plugin:parameter_is_control(port) then
			local name = plugin:parameter_label(port):lower():gsub("%W+", "_")
			local ports = plugin:parameter_is_output(port) and outputs or inputs
			ports[name] = index
			index = index + 1
		end
	end
	return inputs, outputs
end

local function tell_values(what, insert, ports)
	local words = {what}
	for name, index in pairs(ports) do
		local value = ARDOUR.LuaAPI.get_plugin_insert_param(insert, index, false)
		table.insert(words, string.format("%s=%.9g", name, value))
	end
	tell(table.unpack(words))
end

local function the_insert()
	local processor = Session:route_by_name("tune"):nth_plugin(0)
	assert(processor:name() == "Music Neurons", "the plugin is not on its track")
	return processor:to_insert()
end

local command = {}

local function save(name)
	assert(Session:save_state(name, false, false, false, false, false) == 0, "cannot save")
end

local function add(track, uri, place)
	local plugin = ARDOUR.LuaAPI.new_plugin(Session, uri, ARDOUR.PluginType.LV2, "")
	assert(not plugin:isnil(), "Ardour does not find " .. uri)
	assert(track:add_processor_by_index(plugin, place, nil, true) == 0, "Ardour refuses " .. uri)
end

function command.create(with_synth)
	-- With the synth from the start, Ardour 7.3 often fails to make the ports.
	local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
	local track = Session:new_midi_track(midi, midi, true, ARDOUR.PluginInfo(), nil, nil, 1, "tune",
		ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true):front()
	add(track, URI, 0)
	local tempos = Temporal.TempoMap.write_copy()
	tempos:set_tempo(Temporal.Tempo(BPM, BPM, 4), Temporal.timepos_t(0))
	tempos:set_tempo(Temporal.Tempo(BPM_AFTER, BPM_AFTER, 4),
		Temporal.timepos_t.from_ticks(CHANGE_BEAT * TICKS))
	Temporal.TempoMap.update(tempos)
	sleep(SETTLE_SECONDS)
	save("")

	add(track, SYNTH, 1)
	sleep(SETTLE_SECONDS)
	save(with_synth)
end

function command.play(last_window)
	local insert = the_insert()
	local inputs, outputs = controls_of(insert:plugin(0))
	tell_values("controls", insert, inputs)
	ARDOUR.LuaAPI.set_plugin_insert_param(insert, inputs.glide, 0)
	Session:goto_start(false)
	sleep(SETTLE_SECONDS)

	Session:request_roll(UI)
	local function window()
		return ARDOUR.LuaAPI.get_plugin_insert_param(insert, outputs.window, false)
	end
	local polls = 60 / POLL_SECONDS
	while window() < tonumber(last_window) and polls > 0 do
		tell_values("outputs", insert, outputs)
		sleep(POLL_SECONDS)
		polls = polls - 1
	end
	for _ = 1, 3 do
		tell_values("outputs", insert, outputs)
		sleep(POLL_SECONDS)
	end
	Session:request_stop(false, false, UI)
	sleep(SETTLE_SECONDS)
end

function command.change(preset, ...)
	local insert = the_insert()
	local plugin = insert:plugin(0)
	local record = plugin:preset_by_uri(preset)
	assert(record and plugin:load_preset(record), "Ardour does not load the preset")
	local inputs = controls_of(plugin)
	for _, setting in ipairs({...}) do
		local name, value = setting:match("(.+)=(.+)")
		assert(ARDOUR.LuaAPI.set_plugin_insert_param(insert, inputs[name], tonumber(value)))
	end
	sleep(SETTLE_SECONDS)
	save("")
end

local what, folder = arg[1], arg[2]
AudioEngine:set_backend("None (Dummy)", "ardour", "")
if what == "create" then
	assert(create_session(folder, "session", RATE), "cannot create the session")
else
	assert(load_session(folder, "session"), "cannot load the session")
end
local good, message = pcall(command[what], table.unpack(arg, 3))
collectgarbage()
collectgarbage()
close_session()
assert(good, message)
