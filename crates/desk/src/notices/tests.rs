use std::sync::Arc;

use agentruntime_run_watch::{Run, RunKey};

use super::*;
use crate::{news::News, standing::Need};

fn client(name: &str) -> Notice {
    Notice { key: Key::Client(name.to_owned()), about: About::NewClient(name.to_owned()) }
}

fn failed(id: &str) -> Notice {
    let key = RunKey::new("wf", id);
    let run = Run {
        key: key.clone(),
        workflow_name: None,
        status: agentruntime_run_watch::RunStatus::Failed,
        waiting: 0,
        steps: None,
        steps_done: None,
        started_at: None,
        ended_at: None,
        failure_code: None,
        error: None,
        failed_step: None,
    };
    Notice { key: Key::Run(key), about: About::Failed(Arc::new(run)) }
}

fn shown(says: &[Say]) -> Vec<&Key> {
    says.iter().filter_map(|say| if let Say::Show(notice) = say { Some(&notice.key) } else { None }).collect()
}

#[test]
fn one_thing_is_told_once_and_withdrawn_once() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    let cursor = client("Cursor");
    assert_eq!(shown(&notices.tell(cursor.clone(), now)), [&cursor.key]);
    assert_eq!(notices.tell(cursor.clone(), now), []);
    assert_eq!(notices.withdraw(&cursor.key), [Say::Withdraw(cursor.key.clone())]);
    assert_eq!(notices.withdraw(&cursor.key), []);
}

#[test]
fn many_at_once_are_gathered_and_later_ones_told_one_by_one_again() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    let says = (0..10).flat_map(|nth| notices.tell(failed(&nth.to_string()), now)).collect::<Vec<_>>();
    assert_eq!(shown(&says).len(), ONE_BY_ONE);
    // Another kind is not held up by it.
    assert_eq!(shown(&notices.tell(client("Cursor"), now)).len(), 1);
    assert_eq!(notices.due(now), []);
    let due = notices.next_due().unwrap();
    assert_eq!(due, now + WINDOW);
    let says = notices.due(due);
    let gathered = |say: &Say| matches!(say, Say::Show(notice) if notice.about == About::Several(Kind::Failure, 7));
    assert!(says.iter().any(gathered));
    assert_eq!(notices.next_due(), None);
    assert_eq!(shown(&notices.tell(failed("later"), due)).len(), 1);
}

#[test]
fn what_is_answered_makes_room_for_the_next() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    for nth in 0..10 {
        let notice = failed(&nth.to_string());
        assert_eq!(shown(&notices.tell(notice.clone(), now)), [&notice.key]);
        notices.withdraw(&notice.key);
    }
}

#[test]
fn what_is_gathered_is_told_though_more_keeps_coming_and_without_what_was_withdrawn() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    (0..5).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
    notices.withdraw(&failed("4").key);
    let later = now + WINDOW - Duration::from_millis(1);
    assert_eq!(notices.tell(failed("5"), later), [], "it joins what is gathered");
    let says = notices.due(now + WINDOW);
    assert!(
        matches!(says.last(), Some(Say::Show(notice)) if notice.about == About::Several(Kind::Failure, 2)),
        "{says:?}"
    );
}

#[test]
fn what_is_held_back_is_told_at_one_stroke_afterwards() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.quiet(true, now);
    assert_eq!(notices.tell(failed("a"), now), []);
    assert_eq!(notices.tell(failed("b"), now), []);
    assert_eq!(notices.tell(failed("c"), now), []);
    // Answered meanwhile.
    notices.withdraw(&failed("c").key);
    let says = notices.quiet(false, now);
    let sum = Sum { failed: 2, ..Sum::default() };
    let sum = Say::Show(Box::new(Notice { key: Key::Sum, about: About::Sum(sum) }));
    assert!(says.contains(&sum), "{says:?}");
    assert_eq!(notices.tell(failed("a"), now), [], "it was told in the sum");
}

#[test]
fn what_was_missed_is_one_notification_and_a_single_thing_keeps_its_own() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    let many = (0..40).map(|nth| failed(&nth.to_string())).collect();
    let says = notices.missed(many, now);
    assert_eq!(shown(&says), [&Key::Sum]);
    assert_eq!(shown(&notices.missed(vec![failed("alone")], now)), [&failed("alone").key]);
    assert_eq!(notices.missed(Vec::new(), now), []);
}

#[test]
fn what_speaks_of_several_goes_with_the_last_of_them_and_names_those_that_are_left_again() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    (0..6).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
    assert_eq!(shown(&notices.due(now + WINDOW)), [&Key::Several(Kind::Failure)]);
    assert_eq!(notices.withdraw(&failed("3").key), [Say::Withdraw(failed("3").key)]);
    // Two of the three are left, and three more come.
    let later = now + WINDOW * 3;
    (6..12).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), later)));
    let says = notices.due(later + WINDOW);
    let several = |count| Notice { key: Key::Several(Kind::Failure), about: About::Several(Kind::Failure, count) };
    assert_eq!(says.last(), Some(&Say::Show(Box::new(several(5)))));
    for nth in ["4", "5", "9", "10"] {
        assert_eq!(notices.withdraw(&failed(nth).key).len(), 1);
    }
    assert!(notices.withdraw(&failed("11").key).contains(&Say::Withdraw(Key::Several(Kind::Failure))));

    let says = notices.missed(vec![failed("x"), failed("y")], later);
    assert_eq!(shown(&says), [&Key::Sum]);
    assert_eq!(notices.seen_all_failures(), [Say::Withdraw(Key::Sum)]);
}

#[test]
fn who_is_new_in_quiet_hours_is_told_by_name_afterwards() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.quiet(true, now);
    for new in [client("Cursor"), client("Claude Code"), failed("a"), failed("b")] {
        assert_eq!(notices.tell(new, now), []);
    }
    let says = notices.quiet(false, now);
    assert_eq!(shown(&says), [&client("Cursor").key, &client("Claude Code").key, &Key::Sum]);
    let sum = Sum { failed: 2, ..Sum::default() };
    assert_eq!(says.last(), Some(&Say::Show(Box::new(Notice { key: Key::Sum, about: About::Sum(sum) }))));
}

#[test]
fn another_workspace_takes_all_of_it_away() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.missed(vec![failed("b"), failed("c")], now);
    notices.tell(failed("a"), now);
    let gone = [failed("a"), failed("b"), failed("c")].map(|gone| Say::Withdraw(gone.key));
    assert_eq!(notices.forget(), gone.into_iter().chain([Say::Withdraw(Key::Sum)]).collect::<Vec<_>>());
    assert_eq!(shown(&notices.tell(failed("a"), now)).len(), 1);
}

fn news(nth: u64, news: News) -> Notice {
    Notice { key: Key::News(nth), about: About::Token(news) }
}

#[test]
fn in_quiet_hours_only_what_the_settings_page_names_is_shown() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.quiet(true, now);
    let rotated = news(1, News::Rotated("Team".to_owned()));
    let need = Notice { key: Key::Need, about: About::Needed(Need::NotRunning) };
    for waits in [rotated.clone(), need.clone(), failed("a"), client("Cursor")] {
        assert_eq!(notices.tell(waits, now), []);
    }
    let lives_on = news(2, News::Left);
    assert_eq!(shown(&notices.tell(lives_on.clone(), now)), [&lives_on.key]);
    let message = "Somebody was faster.".to_owned();
    let answer = Notice { key: Key::Answer(3), about: About::NotTaken { code: "conflict", message } };
    assert_eq!(shown(&notices.tell(answer.clone(), now)), [&answer.key]);
    // Each of the others has its own word afterwards.
    let says = notices.quiet(false, now);
    assert_eq!(shown(&says), [&rotated.key, &need.key, &client("Cursor").key, &failed("a").key]);
}

#[test]
fn nothing_of_a_kind_that_is_switched_off_is_told_nor_what_was_held_back_of_it() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.quiet(true, now);
    notices.tell(failed("held"), now);
    notices.switch_off([Kind::Failure, Kind::Token].into());
    assert_eq!(notices.quiet(false, now), []);
    assert_eq!(notices.tell(failed("a"), now), []);
    assert_eq!(notices.tell(news(1, News::Left), now), []);
    assert_eq!(notices.missed(vec![failed("b"), failed("c")], now), []);
    notices.switch_off(BTreeSet::new());
    assert_eq!(shown(&notices.tell(failed("a"), now)).len(), 1, "it was not told, so it is not told twice");
}

#[test]
fn a_need_that_has_passed_is_taken_away_and_told_again_when_it_comes_again() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    let need = Notice { key: Key::Need, about: About::Needed(Need::PortTaken(8340)) };
    for _ in 0..5 {
        assert_eq!(shown(&notices.tell(need.clone(), now)), [&Key::Need]);
        assert_eq!(notices.hear(Word::Withdraw(Key::Need), now), [Say::Withdraw(Key::Need)]);
    }
}

#[test]
fn news_of_tokens_is_not_of_the_workspace_in_use() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    notices.quiet(true, now);
    let rotated = news(1, News::Rotated("Other".to_owned()));
    notices.tell(rotated.clone(), now);
    notices.tell(failed("a"), now);
    assert_eq!(notices.hear(Word::Forget, now), []);
    assert_eq!(shown(&notices.quiet(false, now)), [&rotated.key]);
    assert_eq!(notices.hear(Word::Forget, now), [], "nor is it taken away with it");
}

#[test]
fn what_waits_no_longer_is_withdrawn_by_what_still_does() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    let about = |id: &str| Notice { key: Key::Task(id.to_owned()), about: About::NewClient(id.to_owned()) };
    for id in ["a", "b"] {
        notices.tell(about(id), now);
    }
    let says = notices.hear(Word::OnlyTasks(["b".to_owned()].into()), now);
    assert_eq!(says, [Say::Withdraw(Key::Task("a".to_owned()))]);
}

#[test]
fn another_workspace_leaves_what_is_gathered_of_tokens() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    (0..5).for_each(|nth| drop(notices.tell(news(nth, News::Rotated(nth.to_string())), now)));
    (0..5).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
    notices.hear(Word::Forget, now);
    assert_eq!(shown(&notices.due(now + WINDOW)), [&Key::Several(Kind::Token)]);
    assert_eq!(notices.hear(Word::Forget, now), [], "nor is it taken away when it is shown");
}

#[test]
fn what_is_switched_off_is_not_told_out_of_what_was_gathered() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    (0..5).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
    notices.switch_off([Kind::Failure].into());
    assert_eq!(notices.due(now + WINDOW), []);

    notices.switch_off(BTreeSet::new());
    notices.missed(vec![failed("x"), failed("y")], now);
    assert_eq!(notices.switch_off([Kind::Failure].into()), [Say::Withdraw(Key::Sum)]);
}

#[test]
fn what_may_break_quiet_hours_is_never_put_off_to_be_told_with_others() {
    let (mut notices, now) = (Notices::default(), Instant::now());
    (0..5).for_each(|nth| drop(notices.tell(news(nth, News::Rotated(nth.to_string())), now)));
    assert_eq!(shown(&notices.tell(news(9, News::Left), now)), [&Key::News(9)]);
}
