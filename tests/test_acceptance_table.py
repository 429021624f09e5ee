"""The 53 acceptance checks on sealing, by number, each with the tests that show it.

The numbers are those by which the design of sealing lists what has to hold; exit codes and names of
commands are the program's (integrity and trust 8, no key 3, invalid 5, usage 2, conflict 7). Where a
check names a length or a count, that length is run by the tests marked slow.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
READING, FORM = "test_acceptance_reading", "test_acceptance_form"
VALUES = "test_acceptance_values"
INTEGRITY, KEYLESS = "test_acceptance_integrity", "test_acceptance_keyless"
DAMAGE = "test_acceptance_damage"
EDITING, TRUST = "test_acceptance_editing", "test_acceptance_trust"
KEYS = "test_acceptance_keys"
SEARCH, CANARY = "test_acceptance_search", "test_canary"
ERASURE, ERASED = "test_acceptance_erasure", "test_acceptance_erased"

CHECKS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    # -- roles and reading
    "1": ("each role reads its classes, the rest stays locked", [
        (READING, "test_01_each_role_reads_its_classes_and_no_byte_more"),
        ("test_cli_sealing", "test_check_01_show_as_one_who_reads_some")]),
    "2": ("no key: 3, the class and every source named", [
        (READING, "test_02_a_value_without_its_key_names_class_and_every_source")]),
    "3": ("without any key one may write, not read", [
        (READING, "test_03_who_holds_no_key_may_write_and_not_read"),
        ("test_seals", "test_who_cannot_read_may_write")]),
    "4": ("an owner written by hand gains nothing without --grant", [
        (READING, "test_04_an_owner_written_by_hand_gains_nothing_unasked"),
        ("test_seals", "test_check_04_a_new_owner_in_an_unsigned_field_is_given_nothing_unasked")]),
    "5": ("a broken key first does not shadow the right one", [
        (READING, "test_05_a_broken_key_first_does_not_shadow_the_right_one")]),
    # -- format and interop
    "6": ("age alone opens every value in two steps; npm's age agrees", [
        (FORM, "test_06_age_itself_opens_each_value_in_two_steps"),
        (FORM, "test_06_an_owner_opens_with_the_own_key_in_one_step"),
        (FORM, "test_06_two_hundred_records"),
        (FORM, "test_06_a_second_implementation_agrees")]),
    "7": ("a value made by hand with age -a is read and kept", [
        (FORM, "test_07_a_value_made_by_hand_is_read_and_kept"),
        (FORM, "test_07_with_age_a")]),
    "8": ("value and type come back", [
        (VALUES, "test_08_value_and_type_come_back"),
        (VALUES, "test_08_nothing_stays_nothing"),
        ("test_sealing", "test_value_and_type_come_back"),
        ("test_sealing", "test_any_value_comes_back")]),
    "9": ("plain words are what was typed", [
        (VALUES, "test_09_plain_words_are_what_was_typed"),
        ("test_seals", "test_typed_text_never_changes")]),
    "10": ("lengths 1 to 27 look alike", [
        (VALUES, "test_10_short_values_are_of_one_length")]),
    "11": ("what is not changed keeps its bytes", [
        (VALUES, "test_11_what_is_not_changed_keeps_its_bytes"),
        (VALUES, "test_11_the_same_value_again_is_no_change_for_who_reads_it"),
        ("test_cli_sealing", "test_check_11_an_edit_that_changes_nothing_changes_no_byte")]),
    "12": ("no two seals are alike", [(VALUES, "test_12_no_two_seals_are_alike")]),
    # -- integrity
    "13": ("moved: 8, both places named", [
        (INTEGRITY, "test_13_moved_to_another_field"),
        (INTEGRITY, "test_13_moved_to_another_item"),
        (INTEGRITY, "test_13_moved_to_another_record"),
        (INTEGRITY, "test_13_a_file_copied_under_a_new_id"),
        (INTEGRITY, "test_13_what_moves_by_right_is_read"),
        ("test_seals", "test_check_13_moved_values_are_refused_with_both_places")]),
    "14": ("copies are found without a key", [
        (KEYLESS, "test_14_a_copied_value_is_named_with_both_places"),
        ("test_rules_sealing", "test_copies_within_a_record_and_across")]),
    "15": ("an edited label: found without a key, refused with one", [
        (KEYLESS, "test_15_and_17_a_label_that_lies_is_found_without_a_key"),
        (INTEGRITY, "test_15_an_edited_label_is_refused_by_who_holds_the_key")]),
    "16": ("each change of one sign is an error", [
        (DAMAGE, "test_16_every_change_of_one_sign_is_an_error_or_no_change"),
        (DAMAGE, "test_16_from_the_command_line"),
        (DAMAGE, "test_16_from_the_command_line_at_every_place")]),
    "17": ("a second reader under the same label is found", [
        (KEYLESS, "test_15_and_17_a_label_that_lies_is_found_without_a_key")]),
    "18": ("a huge work factor costs nothing", [
        (KEYLESS, "test_18_a_huge_work_factor_costs_nothing"),
        (DAMAGE, "test_18_a_huge_work_factor_is_refused_at_once_by_all")]),
    "19": ("git's own merge never mixes a value", [
        (INTEGRITY, "test_19_merges_by_git_alone_never_mix_a_value"),
        (INTEGRITY, "test_19_five_hundred_merges")]),
    "20": ("conflict markers are named, nothing is written", [
        (KEYLESS, "test_20_conflict_markers_are_named_and_nothing_is_written")]),
    # -- plain text is never committed
    "21": ("git commit refuses plain text", [
        (KEYLESS, "test_21_plain_text_is_refused_by_git_commit"),
        ("test_hook", "test_init_installs_it_and_plain_text_is_refused")]),
    "22": ("the index is what is looked at", [
        (KEYLESS, "test_22_the_index_is_what_is_looked_at"),
        ("test_check_range", "test_staged_is_what_the_index_holds")]),
    "23": ("a range names the first commit", [
        (KEYLESS, "test_23_a_range_names_the_first_commit"),
        ("test_check_range", "test_plain_text_that_was_sealed_later_is_found_in_its_commit")]),
    "24": ("without pyrage, key and network, 10,000 records", [
        (KEYLESS, "test_24_without_pyrage_without_a_key_offline"),
        ("test_rules_sealing", "test_ten_thousand_records_without_pyrage_in_half_a_minute")]),
    "25": ("other validators agree", [(KEYLESS, "test_25_other_validators_agree")]),
    "26": ("look-alikes warn without the value", [
        (KEYLESS, "test_26_look_alikes_in_a_comment_in_notes_and_in_a_message"),
        ("test_check_range", "test_look_alikes_in_messages_comments_and_notes")]),
    "27": ("a sealed value where nothing is sealed", [
        (KEYLESS, "test_27_a_sealed_value_where_nothing_is_sealed")]),
    "28": ("a planted value is nowhere after all commands", [
        (CANARY, "test_a_run_of_everything_leaves_no_trace"),
        (CANARY, "test_an_edit_that_is_stopped_leaves_no_trace"),
        (CANARY, "test_an_edit_seals_and_leaves_no_trace"),
        ("test_leftovers", "test_28_a_refused_commit_leaves_a_blob_that_doctor_finds_and_removes")]),
    "29": ("git may not keep decrypted text", [
        (KEYLESS, "test_29_git_may_not_keep_decrypted_text")]),
    # -- editing
    "30": ("the copy is private, in memory, and goes", [
        (EDITING, "test_30_the_copy_is_private_and_in_memory"),
        (EDITING, "test_30_the_copy_goes_however_it_ends")]),
    "31": ("what is invalid changes nothing and is kept sealed", [
        (EDITING, "test_31_what_is_invalid_changes_nothing_and_is_kept_sealed"),
        (EDITING, "test_31_at_a_terminal_the_editor_opens_again")]),
    "32": ("a placeholder has to come back as it was", [
        (EDITING, "test_32_a_placeholder_has_to_come_back_as_it_was")]),
    "33": ("a change made meanwhile is not lost", [
        (EDITING, "test_33_a_change_made_meanwhile_is_not_lost")]),
    "34": ("a failed or killed write leaves the old or the new", [
        (EDITING, "test_34_a_failed_write_leaves_the_old_or_the_new"),
        (EDITING, "test_34_a_folder_that_may_not_be_written"),
        (EDITING, "test_34_killed_while_it_writes"),
        (EDITING, "test_34_killed_sixty_times_while_it_writes"),
        ("test_gitrepo_crash", "test_killed_at_a_step")]),
    # -- trust, roles, rotation
    "35": ("six attacks on access.yaml stop all sealing", [
        (TRUST, "test_35_attacks_stop_all_sealing"),
        (TRUST, "test_35f_what_was_there_before_is_no_way_back"),
        (TRUST, "test_35_an_attack_is_told_with_what_it_would_change")]),
    "36": ("a fresh clone trusts nobody unasked", [
        (TRUST, "test_36_a_fresh_clone_trusts_nobody_unasked")]),
    "37": ("a signed change is told once", [(TRUST, "test_37_a_signed_change_is_told_once")]),
    "38": ("adding somebody touches key files only", [
        (TRUST, "test_38_adding_somebody_touches_key_files_only"),
        (TRUST, "test_38_in_a_vault_of_ten_thousand_records")]),
    "39": ("who leaves reads nothing that comes after", [
        (TRUST, "test_39_who_leaves_reads_nothing_that_comes_after"),
        ("test_cli_sealing", "test_rekey_lists_what_it_lacks_and_changes_no_value")]),
    "39b": ("a value added under a retired key", [
        (KEYLESS, "test_39b_a_value_added_under_a_retired_key"),
        (TRUST, "test_39b_a_clone_that_has_not_heard_of_the_rotation")]),
    "40": ("a killed rekey loses nothing", [
        (KEYS, "test_40_a_killed_rekey_loses_nothing"),
        (KEYS, "test_40_twenty_kills")]),
    "41": ("rekey does what it can and lists the rest", [
        (KEYS, "test_41_rekey_does_what_it_can_and_lists_the_rest"),
        (KEYS, "test_41_a_damaged_value_stops_nothing_and_is_named")]),
    "42": ("the recovery key opens everything, or check tells", [
        (KEYS, "test_42_the_recovery_key_opens_everything"),
        (KEYS, "test_42_a_key_file_without_the_recovery_key_is_found")]),
    "43": ("no plugin is ever run", [(KEYS, "test_43_no_plugin_is_ever_run")]),
    "44": ("what is no public key is refused, secret keys are found", [
        (KEYS, "test_44_keys_that_cannot_be_public_keys"),
        (KEYLESS, "test_44_a_secret_key_anywhere_in_the_repository"),
        ("test_check_range", "test_secret_keys_in_any_file")]),
    "45": ("an open identity is refused; the key stands nowhere", [
        (KEYS, "test_45_an_open_identity_is_refused_with_the_cure"),
        (KEYS, "test_45_the_key_stands_in_no_process_and_no_environment"),
        ("test_sealing_identities", "test_nothing_shows_the_secret")]),
    # -- search and erasure
    "46": ("sealed values are found in memory, by their readers", [
        (SEARCH, "test_46_a_sealed_phone_is_found_in_any_form_by_its_readers_alone"),
        (SEARCH, "test_46_who_loses_the_role_finds_nothing_more"),
        ("test_search_sealed", "test_check_46_any_part_in_any_grouping_finds_it")]),
    "47": ("nothing shows a sealed value unasked", [
        (SEARCH, "test_47_nothing_shows_a_sealed_value_unasked"),
        (SEARCH, "test_47_an_export_in_clear_is_its_makers_alone")]),
    "48": ("erased from every commit", [
        (ERASURE, "test_48_no_object_is_left_and_other_records_are_as_they_were"),
        (ERASURE, "test_48_another_who_once_had_the_id_is_not_touched"),
        (ERASURE, "test_48_audit_goes_on_after_a_signed_rewrite")]),
    "49": ("a stale clone cannot bring it back", [
        (ERASED, "test_49_a_stale_clone_that_merges_and_pushes_is_refused"),
        (ERASED, "test_49_sync_tells_of_the_erasure_and_takes_the_new_history_over"),
        (ERASED, "test_49_the_hook_takes_a_signed_rewrite_and_no_other"),
        (ERASED, "test_49_nothing_here_brings_it_back"),
        (ERASED, "test_49_an_edit_that_was_not_shared_yet_does_not_bring_it_back"),
        (ERASED, "test_49_an_id_is_never_given_again"),
        (ERASED, "test_49_copies_of_edits_that_a_recovery_set_aside_go_too"),
        (ERASED, "test_49_a_tombstone_that_is_touched_is_found")]),
    "50": ("what erasing cannot do is said", [
        (ERASURE, "test_50_what_erasing_cannot_do_is_said")]),
    # -- robustness
    "51": ("100,000 mutations end in words", [
        (KEYLESS, "test_51_mutations_end_in_findings_and_errors"),
        (KEYLESS, "test_51_a_hundred_thousand_mutations"),
        ("test_sealing", "test_check_51_a_hundred_thousand_mutated_values")]),
    "52": ("line ends and a BOM are no other values", [
        (VALUES, "test_52_other_line_ends_are_no_other_values"),
        (VALUES, "test_52_autocrlf"),
        (KEYLESS, "test_a_record_that_reads_is_the_same_for_every_reader")]),
}  # fmt: skip


def test_all_53_are_in_the_table() -> None:
    assert list(CHECKS) == [
        *(str(number) for number in range(1, 40)),
        "39b",
        *(str(number) for number in range(40, 53)),
    ]
    assert len(CHECKS) == 53
    assert all(shown for _, shown in CHECKS.values())


@pytest.mark.parametrize("number", CHECKS)
def test_each_is_shown_by_tests_that_are_there(number: str) -> None:
    for module, name in CHECKS[number][1]:
        assert name in _functions(module), f"{module}.{name}"


def _functions(module: str) -> set[str]:
    tree = ast.parse((TESTS / f"{module}.py").read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_whatever_bears_a_number_is_in_the_table() -> None:
    """A test of the acceptance modules that is named by a number stands under that number."""
    listed = {(number, *one) for number, (_, shown) in CHECKS.items() for one in shown}
    for file in TESTS.glob("test_acceptance_*.py"):
        for name in _functions(file.stem):
            number = name.partition("_")[2].split("_")[0].lstrip("0")
            if number.rstrip("bf").isdigit() and number not in CHECKS:
                number = number.rstrip("f")
            if number in CHECKS:
                assert (number, file.stem, name) in listed, name
