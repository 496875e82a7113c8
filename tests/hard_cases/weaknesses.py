"""The reference's weaknesses W1 to W64, and where ours is shown to do the right thing.

The tests of hard cases that name a weakness behind "Reference:" are found by their docstrings; here stand the tests of
other rooms, and, where no test can show it, one sentence why it cannot happen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weakness:
    """A weakness of the reference.

    Parameters
    ----------
    number
        As the tests name it: ``"W12"``.
    told
        What the reference does.
    here
        Why it cannot happen here, where a sentence says it better than a test, or beside one.
    tests
        Tests outside the hard cases that show it: ``"tests/test_x.py::test_y"``.
    """

    number: str
    told: str
    here: str = ""
    tests: tuple[str, ...] = ()

    @property
    def places(self) -> list[tuple[str, str]]:
        """File and name of each of its tests."""
        return [(file, name) for file, _, name in (test.partition("::") for test in self.tests)]


AREAS: dict[str, tuple[Weakness, ...]] = {
    "Wrong data, silently": (
        Weakness("W1", "What the chat model writes is filed under a name no consumer looks for; the next task gets the producer's input."),
        Weakness("W2", "Recognised speech goes on as the literal placeholder."),
        Weakness("W3", "Answers and labels do not go on; the next task gets the question."),
        Weakness("W4", "Enhanced audio does not go on; the next task gets the original."),
        Weakness("W5", "Failed producers do not stop their consumers."),
        Weakness("W6", "Forward references and circles are mended by deleting the dependency."),
        Weakness("W7", "Cloned tasks share one id; all results but one are lost."),
        Weakness("W8", "The planner's declared dependencies are thrown away."),
        Weakness("W9", "The user's text is altered before the model sees it."),
        Weakness("W10", "Filled slots are expanded again.", tests=("tests/test_prompts.py::test_case_25_no_text_is_taken_for_a_slot",)),
        Weakness("W11", "Each candidate is told with the endpoints of all; “prefer local” has nothing to read.", tests=("tests/test_prompts.py::test_what_is_told_of_candidates",)),
        Weakness("W12", "Video cannot be an input, and leads to nothing as an output."),
        Weakness("W13", "The answer is narrated from a repr; steps nobody asked for, literal “[path]”."),
        Weakness("W14", "One stale colour for all segments of a picture.", "Nothing is painted over a picture: each region is a mask of its own, with its label.", tests=("tests/drawing/test_values.py::test_masks_say_how_much_of_the_picture_they_cover",)),
    ),
    "Planning and parsing": (
        Weakness("W15", "Two of six demonstrations are invalid JSON.", tests=("tests/test_prompts.py::test_every_demonstration_is_a_plan_by_our_own_parser",)),
        Weakness("W16", "A demonstration has a malformed placeholder; another answers HED with openpose.", tests=("tests/test_prompts.py::test_every_demonstration_is_a_plan_by_our_own_parser",)),
        Weakness("W17", "A fence or a word of prose around the plan loses it."),
        Weakness("W18", "A reply that contains the letters “error” is taken for an error."),
        Weakness("W19", "A placeholder inside a sentence loses the request."),
        Weakness("W20", "Arguments that are no text, missing fields, ids as text, a single object: the request is lost."),
        Weakness("W21", "A list as an argument kills the thread."),
        Weakness("W22", "No check that task names, arguments, types or ids exist."),
        Weakness("W23", "Prose in a choice kills the thread; “width” in a reason gives a model id of “,”."),
        Weakness("W24", "A chosen id is not checked against the candidates."),
        Weakness("W25", "Messages are pasted together from reprs; quotes, tabs and backslashes lose the request or change the text."),
        Weakness("W26", "A request that is too long is dropped, and the demonstrations asked instead."),
        Weakness("W27", "History is cut in pairs and gets out of step.", "There is no log of a conversation that could be cut: earlier results are offered by name, newest first.", tests=("tests/test_prompts.py::test_earlier_results_are_offered_newest_first",)),
        Weakness("W28", "An error object of the chat model kills a thread, crashes, or is shown as an answer.", tests=("tests/chat/test_failures.py::test_what_servers_say",)),
        Weakness("W29", "A body that is no JSON from the chat endpoint crashes the request.", tests=("tests/chat/test_failures.py::test_what_servers_say",)),
        Weakness("W30", "Every request is tied to OpenAI's token ids; other models fail at import."),
    ),
    "Execution and resources": (
        Weakness("W31", "After 80.5 idle seconds every task that has not started is dropped without a word."),
        Weakness("W32", "A status thread that raises hangs the request for ever."),
        Weakness("W33", "No deadline and no second try for any call.", tests=("tests/chat/test_model.py::test_the_deadline",)),
        Weakness("W34", "A header of one upload stays for all later requests of all threads."),
        Weakness("W35", "Local audio cannot be read in Hub mode, not even the system's own.", "Sound is a value in memory that is sent in the call.", tests=("tests/endpoints/test_providers.py::test_files_say_what_they_are",)),
        Weakness("W36", "Text-to-video, depth and tables raise in Hub mode.", tests=("tests/endpoints/test_providers.py::test_every_task_type_runs_at_every_provider_that_does_it", "tests/test_coverage_table.py::test_each_row_is_true")),
        Weakness("W37", "Errors of the Hub are shown as “0”.", tests=("tests/endpoints/test_failures.py::test_every_http_status_becomes_a_sentence_of_ours",)),
        Weakness("W38", "The token of the environment goes into headers, the configured placeholder to the client.", "There is one place that holds keys, and it is asked for each host.", tests=("tests/test_keys.py::test_a_key_goes_only_to_its_host", "tests/catalogue/test_hub.py::test_with_a_token_the_hubs_model_is_chosen_and_run")),
        Weakness("W39", "Seven control networks share one pipeline under seven busy flags.", "A pipeline belongs to one model id, and runs one call at a time.", tests=("tests/endpoints/local/test_tasks.py::test_a_chain_of_controls",)),
        Weakness("W40", "If a model cannot be moved to the device, its busy flag stays set for ever."),
        Weakness("W41", "All models are loaded at start; none is let go; memory is not looked at.", tests=("tests/endpoints/local/test_endpoint.py::test_memory_stays_under_the_bound",)),
        Weakness("W42", "Models are loaded that can never be chosen.", "A model is loaded by its first call, so none is loaded that was not chosen.", tests=("tests/endpoints/local/test_endpoint.py::test_nothing_heavy_is_imported_before_a_model_is_loaded", "tests/endpoints/local/test_tasks.py::test_every_task_type_has_a_local_model_or_a_reason")),
        Weakness("W43", "Video is encoded by a fixed path to ffmpeg in a shell; the result is not checked.", "Video is read and written by a library in this process; the package runs no command.", tests=("tests/test_media.py::test_what_is_no_video", "tests/drawing/test_values.py::test_a_small_film_plays_and_a_large_one_is_a_sheet_of_frames")),
        Weakness("W44", "The JSON of a request is written into a .png.", "What should be a picture and is none is a failed task; no file is written.", tests=("tests/endpoints/test_failures.py::test_pictures_and_files_that_are_none",)),
        Weakness("W45", "No cancel; the browser gives up while the server goes on spending."),
        Weakness("W46", "File names of four hexadecimal digits; a collision overwrites somebody's file."),
    ),
    "Security and privacy": (
        Weakness("W47", "The caller names an endpoint, and gets the server's key."),
        Weakness("W48", "Any URL in a text is fetched by the server."),
        Weakness("W49", "Paths lead out of the folder; models open any file."),
        Weakness("W50", "The model server listens on all interfaces, without authentication.", "The package has no server."),
        Weakness("W51", "One key and one conversation for all visitors of the page."),
        Weakness("W52", "Text of models and users is put into the page as HTML."),
        Weakness("W53", "Secrets live in the tracked configuration.", "Keys come from the environment or are typed; no file of settings takes one.", tests=("tests/test_settings.py::test_wrong_settings",)),
        Weakness("W54", "All generated files are public at guessable addresses, and never deleted.", "Results are values in memory; no file of them is written unless the user writes one."),
        Weakness("W55", "Prompts, replies and user data go to plain log files by default.", "The package writes no log."),
        Weakness("W56", "Configuration without a schema; a missing key is a KeyError.", "Settings are checked by name and value when they are read.", tests=("tests/test_settings.py::test_wrong_settings", "tests/test_settings.py::test_environment_slips")),
    ),
    "Interfaces, packaging, upkeep": (
        Weakness("W57", "The page raises for every audio and video of the user's.", "Recordings and films are kinds like others, from variables, files and addresses.", tests=("tests/conversions/test_opening.py::test_sound_files_of_many_formats", "tests/conversions/test_opening.py::test_a_video_file_stays_on_disk")),
        Weakness("W58", "The page cannot use a chat model."),
        Weakness("W59", "Media is shown only if the narration repeats its path, and only in some formats.", "Every result is shown by its kind, whether the answer speaks of it or not.", tests=("tests/drawing/test_values.py::test_every_kind_is_shown", "tests/conversions/test_opening.py::test_the_kind_of_a_file")),
        Weakness("W60", "A key must have 51 characters; the model field is ignored; media patterns run over inserted HTML.", "A key is any text without spaces, and the model is the one that is named.", tests=("tests/test_keys.py::test_what_cannot_be_a_key", "tests/drawing/test_markdown.py::test_whatever_is_written_the_page_stays_safe")),
        Weakness("W61", "Lite mode still imports everything.", tests=("tests/test_packaging.py::test_importing_the_package_loads_nothing_heavy", "tests/notebook/test_extension.py::test_loading_imports_nothing_heavy")),
        Weakness("W62", "Importing it parses the command line and demands keys; in a kernel it exits.", tests=("tests/notebook/test_headless.py::test_nbclient",)),
        Weakness("W63", "No unit tests, no CI, no types.", "`make test` runs the linter, strict types and every test, and so does the continuous integration.", tests=("tests/test_architecture.py::test_public_names_are_there_and_documented",)),
        Weakness("W64", "It does not run today: its model is retired, its endpoint closed, a pinned library changed.", "No model and no address is built in but as a list that a test compares with the Hub's own client; without any, the toolbox works.", tests=("tests/endpoints/test_providers.py::test_the_table_of_what_can_be_called_is_the_librarys",)),
    ),
}  # fmt: skip
"""All of them, by area."""
