//! Writes an answer to an HTTP/1 client.

use std::cell::{RefCell, RefMut};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, Method};
use http_body::{Body as _, Frame};
use portcullis_http1::{
    BodyEncoder, Persistence, ReasonPhrase, ResponseHead, ResponseLength, Version, put_head,
};
use portcullis_policy::body::{Body, BodyError};
use portcullis_policy::exchange::Answer;
use tokio::io::{AsyncRead, AsyncWrite};

use super::record::Recording;
use super::wire::{Shared, Wire};
use crate::pace::{Pace, Rate};
use crate::worker::Worker;

/// Pieces up to this size are copied behind what is already to be written; larger ones are written
/// from where they lie.
const COPY_UP_TO: usize = 16 * 1024;

/// What of the request the answer depends on.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) version: Version,
    pub(super) persistence: Persistence,
}

/// The answer could not be sent to its end; the connection is of no further use.
#[derive(Debug)]
pub(super) struct CutOff;

/// Sends an answer; what never was a request is not recorded.
pub(super) async fn send<IO: AsyncRead + AsyncWrite + Unpin>(
    wire: &Shared<IO>,
    worker: &Worker,
    asked: &Asked,
    answer: Answer,
    mut recording: Option<Recording>,
) -> Result<(), CutOff> {
    let (mut writer, body) = begin(wire, worker, asked, answer);
    let sent = match body {
        None => writer.flush().await,
        Some(body) => writer.body(body, &mut recording).await,
    };
    writer.out.clear();
    worker.give_buffer(writer.out);
    sent?;
    if let Some(recording) = recording {
        recording.complete();
    }
    Ok(())
}

/// Puts the head of an answer where it is written from; the body if it is to be sent.
fn begin<'a, IO>(
    wire: &'a Shared<IO>,
    worker: &'a Worker,
    asked: &Asked,
    answer: Answer,
) -> (Writer<'a, IO>, Option<Body>) {
    let Answer {
        status,
        reason,
        headers,
        body,
        ..
    } = answer;
    let known = match asked.method {
        // The backend says what GET would have given; there is no body to measure.
        Method::HEAD => content_length(&headers).or(body.size_hint().exact()),
        _ => body.size_hint().exact(),
    };
    let length = ResponseLength::of(&asked.method, status, asked.version, known);
    let mut out = worker.take_buffer();
    put_head(
        &mut out,
        &ResponseHead {
            status,
            reason: reason.as_deref().and_then(|r| ReasonPhrase::parse(r).ok()),
            headers: &headers,
            length,
            persistence: asked.persistence,
            client: asked.version,
            date: Some(&worker.date()),
        },
    );
    let rate = worker.settings.client.response_rate();
    let writer = Writer {
        wire,
        worker,
        rate,
        pace: RefCell::new(rate.begin()),
        out,
        encoder: BodyEncoder::new(length),
    };
    let body = match length {
        ResponseLength::None | ResponseLength::HeadOnly(_) => None,
        ResponseLength::Exactly(_) | ResponseLength::Chunked | ResponseLength::UntilClose => {
            Some(body)
        }
    };
    (writer, body)
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(http::header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

struct Writer<'a, IO> {
    wire: &'a Shared<IO>,
    worker: &'a Worker,
    rate: Rate,
    pace: RefCell<Pace>,
    out: BytesMut,
    encoder: BodyEncoder,
}

/// What a body has to give now.
enum Next {
    Frame(Result<Frame<Bytes>, BodyError>),
    End,
    /// Nothing yet; what was collected can go out meanwhile.
    NotYet,
    ClientGone,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Writer<'_, IO> {
    async fn body(
        &mut self,
        mut body: Body,
        recording: &mut Option<Recording>,
    ) -> Result<(), CutOff> {
        let mut trailers = None;
        loop {
            match self.next(&mut body).await {
                Next::Frame(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.data(data, recording).await?,
                    Err(frame) => trailers = frame.into_trailers().ok(),
                },
                Next::End => break,
                Next::NotYet => self.flush().await?,
                Next::Frame(Err(_)) | Next::ClientGone => return Err(CutOff),
            }
        }
        let encoder = std::mem::replace(&mut self.encoder, BodyEncoder::new(ResponseLength::None));
        encoder
            .finish(&mut self.out, trailers.as_ref())
            .map_err(|_| CutOff)?;
        self.flush().await
    }

    async fn next(&self, body: &mut Body) -> Next {
        if body.is_end_stream() {
            return Next::End;
        }
        let something_to_write = !self.out.is_empty();
        std::future::poll_fn(|cx| match Pin::new(&mut *body).poll_frame(cx) {
            Poll::Ready(Some(frame)) => Poll::Ready(Next::Frame(frame)),
            Poll::Ready(None) => Poll::Ready(Next::End),
            Poll::Pending if something_to_write => Poll::Ready(Next::NotYet),
            Poll::Pending if self.wire.borrow_mut().poll_gone(cx) => Poll::Ready(Next::ClientGone),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    async fn data(&mut self, data: Bytes, recording: &mut Option<Recording>) -> Result<(), CutOff> {
        if data.is_empty() {
            return Ok(());
        }
        let frame = self.encoder.frame(data.len()).map_err(|_| CutOff)?;
        if let Some(recording) = recording {
            recording.sent(data.len());
        }
        self.out.extend_from_slice(frame.prefix());
        if data.len() <= COPY_UP_TO {
            self.out.extend_from_slice(&data);
        } else {
            self.flush().await?;
            self.write(data).await?;
        }
        self.out.extend_from_slice(frame.suffix());
        if self.out.len() > COPY_UP_TO {
            self.flush().await
        } else {
            Ok(())
        }
    }

    async fn write(&mut self, mut data: Bytes) -> Result<(), CutOff> {
        std::future::poll_fn(|cx| self.poll_write(cx, &mut data)).await
    }

    async fn flush(&mut self) -> Result<(), CutOff> {
        let mut out = std::mem::take(&mut self.out);
        let sent = std::future::poll_fn(|cx| {
            ready!(self.poll_write(cx, &mut out))?;
            Pin::new(&mut self.io().io)
                .poll_flush(cx)
                .map_err(|_| CutOff)
        })
        .await;
        self.out = out;
        sent
    }

    fn io(&self) -> RefMut<'_, Wire<IO>> {
        self.wire.borrow_mut()
    }

    /// Writes all of `data` as long as some of it goes out within the write deadline.
    fn poll_write(
        &self,
        cx: &mut Context<'_>,
        data: &mut impl bytes::Buf,
    ) -> Poll<Result<(), CutOff>> {
        let wire = &mut *self.io();
        let mut waited = false;
        let now = self.worker.timers.ticks();
        while data.has_remaining() {
            match Pin::new(&mut wire.io).poll_write(cx, data.chunk()) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(CutOff)),
                Poll::Ready(Ok(sent)) => {
                    data.advance(sent);
                    self.pace.borrow_mut().moved(self.rate, sent, now);
                    waited = true;
                }
                Poll::Pending => {
                    if waited || !wire.timer.is_armed() {
                        wire.timer.arm(self.pace.borrow_mut().wait(self.rate, now));
                    }
                    return if wire.timer.has_fired(cx) {
                        Poll::Ready(Err(CutOff))
                    } else {
                        Poll::Pending
                    };
                }
            }
        }
        wire.timer.disarm();
        Poll::Ready(Ok(()))
    }
}
