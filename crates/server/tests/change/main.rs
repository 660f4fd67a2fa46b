//! What serves changes while requests flow: the configuration, the process, the program. Nobody loses a
//! request, no request sees two configurations, and no count begins anew.

mod drain;
mod manager;
mod reload;
mod restart;
mod takeover;
mod traffic;
