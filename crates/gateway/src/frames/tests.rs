//! The account of frames: what is free, what is charged, what earns.

use super::*;

const PING: u8 = 6;
const SETTINGS: u8 = 4;
const PRIORITY: u8 = 2;
const WINDOW_UPDATE: u8 = 8;
const UNKNOWN: u8 = 0xbe;

fn frame(kind: u8, flags: u8, stream: u32, length: u8) -> Vec<u8> {
    let mut frame = vec![0, 0, length, kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend(std::iter::repeat_n(0, length.into()));
    frame
}

fn watch() -> FrameWatch {
    let mut watch = FrameWatch::of_client(0);
    watch.received(PREFACE, 0).unwrap();
    watch
}

/// How many such frames are taken at once before there are too many.
fn taken(watch: &mut FrameWatch, bytes: &[u8], now: u64) -> u32 {
    let mut taken = 0;
    while taken < 10 * FRAMES && watch.received(bytes, now).is_ok() {
        taken += 1;
    }
    taken
}

#[test]
fn frames_without_a_message_are_charged_and_messages_are_not() {
    let unlimited = 10 * FRAMES;
    for (kind, flags, length, expect) in [
        (PING, 0, 8, FRAMES),
        (PING, 1, 8, FRAMES),
        (SETTINGS, 0, 6, FRAMES),
        (PRIORITY, 0, 5, FRAMES),
        (WINDOW_UPDATE, 0, 4, FRAMES),
        (GOAWAY, 0, 8, FRAMES),
        (UNKNOWN, 0xff, 0, FRAMES),
        (CONTINUATION, 0, 1, FRAMES),
        (DATA, 0, 0, FRAMES),
        (RST_STREAM, 0, 4, RESETS),
        (DATA, 0, 1, unlimited),
        (DATA, END_STREAM, 0, unlimited),
        (HEADERS, END_HEADERS, 1, FRAMES + 1),
    ] {
        let bytes = frame(kind, flags, 1, length);
        assert_eq!(taken(&mut watch(), &bytes, 0), expect, "{kind} {flags}");
        // Whatever way the bytes fall apart.
        let mut split = watch();
        let taken = (0..FRAMES.min(expect))
            .take_while(|_| bytes.chunks(1).all(|b| split.received(b, 0).is_ok()));
        assert_eq!(taken.count(), FRAMES.min(expect) as usize, "{kind} {flags}");
    }
}

#[test]
fn a_message_is_free_however_many_there_are() {
    let mut watch = watch();
    for stream in 0..5 * FRAMES {
        let bytes = frame(HEADERS, END_HEADERS, 2 * stream + 1, 1);
        assert_eq!(watch.received(&bytes, 0), Ok(()), "{stream}");
    }
}

#[test]
fn an_empty_field_block_is_charged_though_it_begins_a_message() {
    let bytes = frame(HEADERS, END_HEADERS, 1, 0);
    assert_eq!(taken(&mut watch(), &bytes, 0), FRAMES);
}

#[test]
fn time_and_messages_earn_and_nobody_saves_more_than_the_most() {
    let ping = frame(PING, 0, 0, 8);
    let a_second = 20;
    let mut watch = watch();
    assert_eq!(taken(&mut watch, &ping, 0), FRAMES);
    assert_eq!(taken(&mut watch, &ping, a_second), FRAMES_A_SECOND);
    assert_eq!(taken(&mut watch, &ping, 1_000 * a_second), FRAMES);
    watch
        .received(&frame(HEADERS, END_HEADERS, 1, 1), 1_000 * a_second)
        .unwrap();
    assert_eq!(
        taken(&mut watch, &ping, 1_000 * a_second),
        FRAMES_A_MESSAGE,
        "a request"
    );
    watch.sent(&frame(DATA, 0, 1, 9));
    assert_eq!(
        taken(&mut watch, &ping, 1_000 * a_second),
        FRAMES_A_PIECE,
        "a piece of a response"
    );
    watch.sent(&frame(PING, 1, 0, 8));
    assert_eq!(
        taken(&mut watch, &ping, 1_000 * a_second),
        0,
        "our answers to pings earn nothing"
    );
}

#[test]
fn resets_are_earned_by_responses_that_went_out_whole() {
    let reset = frame(RST_STREAM, 0, 1, 4);
    let mut watch = watch();
    assert_eq!(taken(&mut watch, &reset, 0), RESETS);
    watch.sent(&frame(DATA, 0, 1, 9));
    assert_eq!(taken(&mut watch, &reset, 0), 0);
    watch.sent(&frame(DATA, END_STREAM, 1, 9));
    assert_eq!(taken(&mut watch, &reset, 0), 1);
    watch.sent(&frame(HEADERS, END_HEADERS | END_STREAM, 1, 9));
    assert_eq!(taken(&mut watch, &reset, 0), 1);
    assert_eq!(taken(&mut watch, &reset, 20), RESETS_A_SECOND);
    assert_eq!(watch.received(&reset, 20), Err(Excess::Resets));
}

#[test]
fn what_was_begun_has_one_number_until_it_ends() {
    let mut watch = watch();
    let mut at = |bytes: &[u8]| {
        watch.received(bytes, 0).unwrap();
        watch.unfinished()
    };
    assert_eq!(at(&[]), None);
    assert_eq!(at(&frame(HEADERS, 0, 1, 3)), Some(1), "without END_HEADERS");
    assert_eq!(at(&frame(CONTINUATION, 0, 1, 3)[..5]), Some(1));
    assert_eq!(at(&frame(CONTINUATION, 0, 1, 3)[5..]), Some(1));
    assert_eq!(at(&frame(CONTINUATION, END_HEADERS, 1, 3)[..10]), Some(1));
    assert_eq!(at(&frame(CONTINUATION, END_HEADERS, 1, 3)[10..]), None);
    assert_eq!(at(&frame(DATA, 0, 1, 3)[..10]), None, "a body");
    assert_eq!(at(&frame(DATA, 0, 1, 3)[10..]), None);
    assert_eq!(at(&[0]), Some(3));
    assert_eq!(at(&frame(PING, 0, 0, 8)[1..12]), Some(3));
    assert_eq!(at(&frame(PING, 0, 0, 8)[12..]), None);
}

#[test]
fn goodbye_is_said_between_frames_only() {
    let mut watch = watch();
    watch
        .received(&frame(HEADERS, END_HEADERS, 7, 1), 0)
        .unwrap();
    let goodbye = watch.goodbye(Excess::Frames).unwrap();
    let reason = Excess::Frames.reason();
    assert_eq!(goodbye[..9], [0, 0, 8 + 33, 7, 0, 0, 0, 0, 0]);
    assert_eq!(goodbye[9..17], [0, 0, 0, 7, 0, 0, 0, 11]);
    assert_eq!(&goodbye[17..], reason.as_bytes());
    watch.sent(&frame(DATA, 0, 1, 9)[..10]);
    assert_eq!(watch.goodbye(Excess::Frames), None);
    watch.sent(&frame(DATA, 0, 1, 9)[10..]);
    assert!(watch.goodbye(Excess::Resets).is_some());
}
