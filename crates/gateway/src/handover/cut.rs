//! What ends a handover from outside: this process is told to stop, or it takes too long.
//!
//! Both close the connections. Whoever waits there for the other process hears at once that nothing more
//! comes, and still reads what that one had said before; that one cannot say anything any more. So both
//! know whether the handover was confirmed.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::HandoverError;
use crate::run::lock;

/// How long a handover may take from its first word to its last, however often something is said.
const LONGEST: Duration = Duration::from_secs(30);

/// Ends handovers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Where the handover that is under way waits for the other process.
    open: Vec<UnixStream>,
    is_cut: bool,
    is_stopping: bool,
}

impl State {
    fn cut(&mut self) {
        self.is_cut = true;
        for stream in &self.open {
            // If it is closed already, nobody waits there.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

/// A handover that can be cut, and is when it takes too long.
#[derive(Debug)]
pub(super) struct Limit {
    cut: Cut,
    /// Ends the thread that waits for the time to be over.
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Cut {
    /// Ends the handover that is under way; there is no later one.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.0);
        state.is_stopping = true;
        state.cut();
    }

    pub(super) fn is_stopping(&self) -> bool {
        lock(&self.0).is_stopping
    }

    /// Begins a handover over this connection.
    pub(super) fn begin(&self, stream: &UnixStream) -> io::Result<Limit> {
        self.begin_within(LONGEST, stream)
    }

    fn begin_within(&self, longest: Duration, stream: &UnixStream) -> io::Result<Limit> {
        let (end, is_over) = sync_channel(0);
        let cut = self.clone();
        let waiting = move || {
            if is_over.recv_timeout(longest) == Err(RecvTimeoutError::Timeout) {
                lock(&cut.0).cut();
            }
        };
        let named = std::thread::Builder::new().name("handover".into());
        let limit = Limit {
            cut: self.clone(),
            thread: Some(named.spawn(waiting)?),
            end: Some(end),
        };
        lock(&self.0).is_cut = false;
        limit.includes(stream)?;
        Ok(limit)
    }
}

impl Limit {
    /// Closes this connection too when the handover is cut.
    pub(super) fn includes(&self, stream: &UnixStream) -> io::Result<()> {
        let stream = stream.try_clone()?;
        lock(&self.cut.0).open.push(stream);
        Ok(())
    }

    /// From now on the connection that was included last stays open; fails if it is closed.
    pub(super) fn leaves_out_last(&self) -> io::Result<()> {
        let mut state = lock(&self.cut.0);
        state.open.pop();
        if state.is_cut {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    /// Why it has failed, if that is because it was cut.
    pub(super) fn explain(&self, error: HandoverError) -> HandoverError {
        let state = lock(&self.cut.0);
        let why = match (state.is_cut, state.is_stopping) {
            (false, _) => return error,
            (true, true) => "this process was told to stop".to_owned(),
            (true, false) => format!("it took longer than {} s", LONGEST.as_secs()),
        };
        io::Error::new(ErrorKind::ConnectionAborted, why).into()
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        self.end.take();
        // Waited for, so that it does not cut the next one.
        drop(self.thread.take().map(JoinHandle::join));
        lock(&self.cut.0).open.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::channel::{Channel, Kind};
    use super::*;

    #[test]
    fn whoever_says_a_little_again_and_again_does_not_hold_a_handover_for_ever() {
        let (stream, mut other) = UnixStream::pair().unwrap();
        let limit = Cut::default().begin_within(Duration::from_millis(200), &stream);
        let dripping = std::thread::spawn(move || {
            other
                .write_all(&[Kind::Sockets as u8, 0, 0, 0, 200])
                .unwrap();
            let said = (0..150).take_while(|_| {
                std::thread::sleep(Duration::from_millis(20));
                other.write_all(&[0]).is_ok()
            });
            said.count()
        });
        let error = Channel::new(stream).unwrap().receive().unwrap_err();
        let error = limit.unwrap().explain(error).to_string();
        assert!(error.contains("took longer than"), "{error}");
        assert!(dripping.join().unwrap() < 150);
    }

    #[test]
    fn what_was_said_before_a_stop_holds_and_nothing_can_be_said_after_it() {
        let (stream, other) = UnixStream::pair().unwrap();
        let cut = Cut::default();
        let _limit = cut.begin(&stream).unwrap();
        let (mut one, mut other) = (Channel::new(stream).unwrap(), Channel::new(other).unwrap());
        other.send(Kind::Confirmed, &[], &[]).unwrap();
        cut.stop();
        one.expect(Kind::Confirmed).unwrap();
        one.receive().unwrap_err();
        other.send(Kind::Confirmed, &[], &[]).unwrap_err();
    }

    #[test]
    fn a_connection_that_is_left_out_outlives_the_handover_unless_it_was_cut_before() {
        let cut = Cut::default();
        let (stream, _other) = UnixStream::pair().unwrap();
        let limit = cut.begin(&stream).unwrap();
        let (mut link, _end) = UnixStream::pair().unwrap();
        limit.includes(&link).unwrap();
        limit.leaves_out_last().unwrap();
        cut.stop();
        link.write_all(b"a").unwrap();
        limit.includes(&link).unwrap();
        limit.leaves_out_last().unwrap_err();
    }
}
