//! TLS in both directions: rustls with aws-lc-rs, from PEM text that `server` hands over.

use std::fmt;
use std::sync::Arc;

use portcullis_policy::host::BackendTls;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};

/// Why a certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTls {
    /// The text has no certificate in it.
    #[error("no certificate found: expected PEM with `-----BEGIN CERTIFICATE-----`")]
    NoCertificate,
    /// The text has no usable private key in it.
    #[error("no private key found: expected PEM with `-----BEGIN PRIVATE KEY-----`")]
    NoKey,
    /// The PEM is malformed.
    #[error("malformed PEM: {0}")]
    Pem(rustls::pki_types::pem::Error),
    /// The pair was refused, for instance because the key belongs to another certificate.
    #[error("unusable certificate or key: {0}")]
    Refused(#[from] rustls::Error),
    /// The system's roots cannot be read.
    #[error("the system's root certificates cannot be used: {0}")]
    Roots(String),
}

/// Which protocols ALPN offers to callers, best first.
const SERVER_PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// A listener's TLS: versions 1.2 and 1.3, ALPN `h2` and `http/1.1`.
pub fn server_config(certificates: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, InvalidTls> {
    let chain = CertificateDer::pem_slice_iter(certificates)
        .collect::<Result<Vec<_>, _>>()
        .map_err(InvalidTls::Pem)?;
    if chain.is_empty() {
        return Err(InvalidTls::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| InvalidTls::NoKey)?;
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = SERVER_PROTOCOLS.iter().map(|p| p.to_vec()).collect();
    Ok(Arc::new(config))
}

/// How backends' certificates are verified: one client configuration for each way and ALPN offer.
#[derive(Clone)]
pub struct UpstreamTls {
    verify: Arc<ClientConfig>,
    skip_name: Arc<ClientConfig>,
    skip_all: Arc<ClientConfig>,
}

impl fmt::Debug for UpstreamTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamTls")
    }
}

impl UpstreamTls {
    /// Trusts the system's roots, or only the certificates in `pinned` (PEM) if there are any.
    pub fn new(pinned: Option<&[u8]>) -> Result<Self, InvalidTls> {
        let chain_and_name: Arc<dyn ServerCertVerifier> = match pinned {
            Some(pem) => pinned_verifier(pem)?,
            None => Arc::new(
                rustls_platform_verifier::Verifier::new(provider())
                    .map_err(|e| InvalidTls::Roots(e.to_string()))?,
            ),
        };
        let skip_name = Arc::new(SkipName(Arc::clone(&chain_and_name)));
        Ok(Self {
            verify: client_config(chain_and_name)?,
            skip_name: client_config(skip_name)?,
            skip_all: client_config(Arc::new(SkipAll(provider())))?,
        })
    }

    /// The configuration for a backend that is verified so and is offered these protocols.
    pub(crate) fn config(&self, tls: BackendTls, protocols: &[&[u8]]) -> Arc<ClientConfig> {
        let base = match tls {
            BackendTls::Verify => &self.verify,
            BackendTls::DangerSkipName => &self.skip_name,
            BackendTls::DangerSkipAll => &self.skip_all,
        };
        let mut config = ClientConfig::clone(base);
        config.alpn_protocols = protocols.iter().map(|p| p.to_vec()).collect();
        Arc::new(config)
    }
}

fn pinned_verifier(pem: &[u8]) -> Result<Arc<dyn ServerCertVerifier>, InvalidTls> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(InvalidTls::Pem)?)?;
    }
    if roots.is_empty() {
        return Err(InvalidTls::NoCertificate);
    }
    let verifier =
        rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(|e| InvalidTls::Roots(e.to_string()))?;
    Ok(verifier)
}

fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<Arc<ClientConfig>, InvalidTls> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Verifies the chain and forgives a wrong name (`tls.validateCertificateName = false`).
#[derive(Debug)]
struct SkipName(Arc<dyn ServerCertVerifier>);

impl ServerCertVerifier for SkipName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use rustls::CertificateError::{NotValidForName, NotValidForNameContext};
        match self
            .0
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        {
            Err(rustls::Error::InvalidCertificate(
                NotValidForName | NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Verifies nothing but that the peer holds the key (`tls.validateCertificateChain = false`).
#[derive(Debug)]
struct SkipAll(Arc<CryptoProvider>);

impl ServerCertVerifier for SkipAll {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
