//! Programs made of numbers, as `re._compiler` makes them and as a hostile script might.

use super::matcher::Stopped;
use super::{How, Malformed, Matcher, Program, Subject, TextSubject, run};
use crate::text::stored;

/// `(a+)+b` in numbers: a pattern that takes ages on a text of many `a` without a `b`.
const AGES: [u32; 19] = [23, 14, 1, u32::MAX, 17, 0, 24, 6, 1, u32::MAX, 16, 97, 1, 17, 1, 18, 16, 98, 1];

fn ages() -> Program {
    Program::read(&AGES, 1).expect("a pattern")
}

fn find<S: Subject>(program: &Program, subject: S, how: How) -> Option<(usize, usize)> {
    let mut matcher = Matcher::new(program).expect("there is memory");
    let span = (0, subject.bytes().len());
    run(&mut matcher, program, subject, span, how, false, &mut || Ok(())).expect("nobody stops it")
}

#[test]
fn a_repetition_matches_as_much_as_it_can() {
    let program = ages();
    assert_eq!(find(&program, &b"xaaab"[..], How::Search), Some((1, 5)));
    assert_eq!(find(&program, &b"xaaab"[..], How::Match), None);
    assert_eq!(find(&program, TextSubject("éaab"), How::Search), Some((2, 5)));
}

#[test]
fn a_search_that_takes_too_long_can_be_stopped() {
    let program = ages();
    let mut matcher = Matcher::new(&program).expect("there is memory");
    let subject = [[b'a'; 59].as_slice(), b"b"].concat();
    let subject = &subject[..59];
    let mut asked = 0;
    let mut poll = || {
        asked += 1;
        if asked < 5 { Ok(()) } else { Err(Stopped::Interrupted) }
    };
    let found = run(&mut matcher, &program, subject, (0, 59), How::Search, false, &mut poll);
    assert_eq!(found, Err(Stopped::Interrupted));
}

#[test]
fn lists_that_are_no_patterns_are_refused() {
    let code = |code: &[u32]| Program::read(code, 1).map(drop).expect_err("no pattern");
    assert_eq!(code(&[]), Malformed::Code);
    // No end; an unknown number; a group that there is not; a set without an end.
    for list in [&[16, 97][..], &[99, 1], &[17, 2, 1], &[13, 4, 16, 97, 1], &[11, 1, 1], &[6, 12, 1]] {
        assert_eq!(code(list), Malformed::Code, "{list:?}");
    }
    // Distances that lead behind the end.
    for list in
        [&[13, 900, 0, 1][..], &[7, 9, 16, 97, 15, 2, 0, 1], &[4, u32::MAX, 0, 1, 1], &[23, 0, 1, 2, 1]]
    {
        assert_eq!(code(list), Malformed::Code, "{list:?}");
    }
    // A repetition with less at most than at least.
    assert_eq!(code(&[24, 6, 2, 1, 16, 97, 1, 1]), Malformed::Code);
    let mut nested = Vec::new();
    for depth in 0..10_000 {
        nested.extend([27, 3 * (10_000 - depth) - 1]);
    }
    nested.extend(std::iter::repeat_n(1, 10_001));
    assert_eq!(code(&nested), Malformed::Depth);
}

/// A few numbers from which most lists are made by chance, so that many of them are patterns.
const LIKELY: [u32; 24] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 23, 24, 27, 28, 97];

#[test]
fn no_list_of_numbers_goes_wrong() {
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut text = String::from("ab a\nbé");
    stored::push(0xd800, &mut text);
    let mut read = 0;
    for round in 0..200_000 {
        let mut code: Vec<u32> = if round % 2 == 0 {
            (0..random(12)).map(|_| LIKELY[random(LIKELY.len())]).collect()
        } else {
            // A pattern with a mistake.
            let mut code = AGES.to_vec();
            for _ in 0..1 + random(3) {
                let at = random(code.len());
                code[at] = LIKELY[random(LIKELY.len())];
            }
            code
        };
        code.push(1);
        let Ok(program) = Program::read(&code, 2) else { continue };
        read += 1;
        for how in [How::Match, How::Search, How::Full] {
            let mut matcher = Matcher::new(&program).expect("there is memory");
            let mut left = 3;
            let mut poll = || {
                left -= 1;
                if left > 0 { Ok(()) } else { Err(Stopped::Interrupted) }
            };
            let subject = TextSubject(&text);
            // Whatever it finds lies within the text.
            if let Ok(Some((from, to))) =
                run(&mut matcher, &program, subject, (0, text.len()), how, false, &mut poll)
            {
                assert!(from <= to || code.contains(&4));
                assert!(text.is_char_boundary(from) && text.is_char_boundary(to));
            }
            let bytes = text.as_bytes();
            if let Ok(Some((from, to))) =
                run(&mut matcher, &program, bytes, (0, bytes.len()), how, true, &mut poll)
            {
                assert!(from <= bytes.len() && to <= bytes.len());
            }
        }
    }
    assert!(read > 1000, "{read} of them were patterns");
}
