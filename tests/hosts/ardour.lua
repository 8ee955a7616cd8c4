-- Copyright 2026 The Music Neurons authors
-- SPDX-License-Identifier: ISC

-- What ardour.py has Ardour do, on its dummy backend:
--
--     create SESSION SNAPSHOT BLOCK N=V         a track with the plugin and the tone,
--                                               and the gain on the master bus; and a
--                                               snapshot "player", which has the player
--                                               in the plugin's place, so set
--     play SESSION SNAPSHOT BLOCK WINDOW        play until a window, telling the outputs
--     record SESSION SNAPSHOT BLOCK WINDOW      likewise, and record Level; save
--     remove SESSION SNAPSHOT BLOCK             roll with Level in Touch, telling how
--                                               many points that records; remove the
--                                               gain and the plugin while it rolls
--     change SESSION SNAPSHOT BLOCK URI N=V     load presets, set controls, save
--     presets SESSION SNAPSHOT BLOCK LABEL      load presets, telling the controls
--     export SESSION SNAPSHOT BLOCK FOLDER NAME export to a WAV file in that folder
--     script FILE NAME STATE KEY=VALUE          not a session, but the state of one
--                                               with a session script
--
-- BLOCK is the size of the engine's buffer. Prints lines of "outputs", "at_rest"
-- (the outputs once the transport stands), "controls" or "values" with name=value
-- pairs, then "done". Nothing may refer to the session when it closes: hence one
-- function a command.

local URI = "urn:music-neurons:monitor"
local PLAYER = "urn:music-neurons:player"
local TONE = "urn:music-neurons:test-tone"
local GAIN = "urn:music-neurons:test-gain"
local FLOATS = "00000000-0000-4000-8000-000000000001" -- what ardour.py exports to
local RATE = 48000
local BPM, CHANGE_BEAT, BPM_AFTER = 240, 16, 180
local TICKS = 1920
local POLL_SECONDS, SETTLE_SECONDS, PATIENCE_SECONDS, MUSIC_SECONDS = 0.03, 0.5, 10, 60
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

-- What sets the gain's Level, and records it.
local function the_level()
	local processor = Session:route_by_name("Master"):nth_plugin(0)
	local plugin = processor:to_insert():plugin(0)
	local port = 0
	while plugin:parameter_label(port) ~= "Level" do
		port = port + 1
	end
	local parameter = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, port)
	return processor:to_automatable():automation_control(parameter, false)
end

-- Waits until something is true, but not for ever. Returns whether it is.
local function wait_until(is_true, seconds)
	local give_up = os.time() + (seconds or PATIENCE_SECONDS)
	while not is_true() and os.time() < give_up do
		sleep(POLL_SECONDS)
	end
	return is_true()
end

local function stop()
	Session:request_stop(false, false, UI)
	assert(wait_until(function () return not Session:transport_rolling() end),
		"the transport does not stop")
end

local command = {}

local function save(name)
	assert(Session:save_state(name, false, false, false, false, false) == 0, "cannot save")
end

-- Automation in samples: between beats Ardour 7.3 finds no points within a cycle.
local function add(track, uri, place)
	local plugin = ARDOUR.LuaAPI.new_plugin_with_time_domain(
		Session, uri, ARDOUR.PluginType.LV2, Temporal.TimeDomain.AudioTime, "")
	assert(not plugin:isnil(), "Ardour does not find " .. uri)
	assert(track:add_processor_by_index(plugin, place, nil, true) == 0, "Ardour refuses " .. uri)
end

local function remove(name)
	local route = Session:route_by_name(name)
	assert(route:remove_processor(route:nth_plugin(0), nil, true) == 0, "Ardour does not remove")
end

local function set(insert, inputs, word)
	local name, value = word:match("(.+)=(.+)")
	assert(ARDOUR.LuaAPI.set_plugin_insert_param(insert, inputs[name], tonumber(value)))
end

function command.create(...)
	local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
	local track = Session:new_midi_track(midi, midi, true, ARDOUR.PluginInfo(), nil, nil, 1, "tune",
		ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true):front()
	add(track, URI, 0)
	add(track, TONE, 1)
	add(Session:route_by_name("Master"), GAIN, 0)
	local tempos = Temporal.TempoMap.write_copy()
	tempos:set_tempo(Temporal.Tempo(BPM, BPM, 4), Temporal.timepos_t(0))
	tempos:set_tempo(Temporal.Tempo(BPM_AFTER, BPM_AFTER, 4),
		Temporal.timepos_t.from_ticks(CHANGE_BEAT * TICKS))
	Temporal.TempoMap.update(tempos)
	sleep(SETTLE_SECONDS)
	save("")
	remove("tune")
	add(track, PLAYER, 0)
	local insert = track:nth_plugin(0):to_insert()
	local inputs = controls_of(insert:plugin(0))
	for _, word in ipairs({...}) do
		set(insert, inputs, word)
	end
	sleep(SETTLE_SECONDS)
	save("player")
end

local function play(last_window)
	local insert = the_insert()
	local inputs, outputs = controls_of(insert:plugin(0))
	tell_values("controls", insert, inputs)
	ARDOUR.LuaAPI.set_plugin_insert_param(insert, inputs.glide, 0)
	Session:goto_start(false)
	sleep(SETTLE_SECONDS)

	Session:request_roll(UI)
	local function output(name)
		return ARDOUR.LuaAPI.get_plugin_insert_param(insert, outputs[name], false)
	end
	local function is_at_last_window()
		tell_values("outputs", insert, outputs)
		return output("window") >= tonumber(last_window)
	end
	wait_until(is_at_last_window, MUSIC_SECONDS)
	-- What is read twice in different blocks is settled.
	local progress = output("progress")
	for _ = 1, 2 do
		wait_until(function () return output("progress") ~= progress end)
		tell_values("outputs", insert, outputs)
		progress = output("progress")
	end
	assert(Session:transport_rolling(), "the transport stopped by itself")
	stop()
	wait_until(function () return output("synced") == 0 end)
	tell_values("at_rest", insert, outputs)
end

function command.play(last_window)
	play(last_window)
end

function command.record(last_window)
	local level = the_level()
	-- Ardour follows a slope in steps of the buffer's size.
	level:alist():set_interpolation(Evoral.InterpolationStyle.Discrete)
	level:set_automation_state(ARDOUR.AutoState.Write)
	play(last_window)
	level:set_automation_state(ARDOUR.AutoState.Play)
	save("")
end

function command.remove()
	the_level():set_automation_state(ARDOUR.AutoState.Touch)
	Session:request_roll(UI)
	-- At first Ardour puts a point to the start and one to the end.
	wait_until(function () return the_level():alist():size() > 2 end)
	tell("values", "points=" .. the_level():alist():size())
	for _, name in ipairs({"Master", "tune"}) do
		remove(name)
		collectgarbage()
		sleep(2 * SETTLE_SECONDS)
		assert(Session:transport_rolling(), "Ardour does not go on")
	end
	stop()
end

function command.change(...)
	local insert = the_insert()
	local plugin = insert:plugin(0)
	local inputs = controls_of(plugin)
	for _, word in ipairs({...}) do
		if word:find("=") then
			set(insert, inputs, word)
		else
			local record = plugin:preset_by_uri(word)
			assert(record and plugin:load_preset(record), "Ardour does not load " .. word)
		end
	end
	sleep(SETTLE_SECONDS)
	save("")
end

function command.presets(...)
	local insert = the_insert()
	local plugin = insert:plugin(0)
	local inputs = controls_of(plugin)
	for _, label in ipairs({...}) do
		local record = plugin:preset_by_label(label)
		assert(record and plugin:load_preset(record), "Ardour does not load " .. label)
		tell_values("controls", insert, inputs)
	end
end

function command.export(folder, name)
	local export = Session:simple_export()
	assert(export:set_preset(FLOATS), "Ardour does not know the format")
	export:set_folder(folder)
	export:set_name(name)
	assert(export:run_export(), "Ardour does not export")
end

-- As Ardour writes it: the functions's code and its arguments.
local function state_of(path, value)
	if type(value) ~= "table" then
		return string.format("%s = %q ", path, value)
	end
	local text = path .. " = {} "
	for key, inner in pairs(value) do
		text = text .. state_of(string.format("%s[%q]", path, key), inner)
	end
	return text
end

local function write_script(file, name, state, ...)
	function ardour() end
	dofile(file)
	local given = {}
	for key, parameter in pairs(sess_params()) do
		if not parameter.optional then
			given[key] = parameter.default
		end
	end
	for _, setting in ipairs({...}) do
		local key, value = setting:match("(.-)=(.*)")
		given[key] = value
	end
	local out = assert(io.open(state, "ab"))
	out:write(state_of(string.format("scripts[%q]", name), {f = string.dump(factory, true), a = given}))
	out:close()
end

if arg[1] == "script" then
	write_script(table.unpack(arg, 2))
	return
end

local what, folder, snapshot, block = table.unpack(arg)
AudioEngine:set_backend("None (Dummy)", "ardour", "")
assert(AudioEngine:set_buffer_size(tonumber(block)) == 0, "cannot set the buffer's size")
if what == "create" then
	assert(create_session(folder, snapshot, RATE), "cannot create the session")
else
	assert(load_session(folder, snapshot), "cannot load the session")
end
assert(Session:get_block_size() == tonumber(block), "the buffer has another size")
local good, message = pcall(command[what], table.unpack(arg, 5))
tell(good and "done" or "failed: " .. tostring(message))
collectgarbage()
collectgarbage()
close_session()
