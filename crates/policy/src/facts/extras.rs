//! Facts that a described request may state (a fixture of an expression) and that no gateway finds
//! out yet. Expressions read them in one way, whoever states them.

use portcullis_model::time::Timestamp;

/// What a described request may state beyond what a gateway finds out.
#[derive(Debug, Default)]
pub struct Extras {
    /// The user that owns the subscription.
    pub user: Option<UserFacts>,
    /// The workspace of the API.
    pub workspace: Option<NamedFacts>,
    /// The private endpoint through which the request came.
    pub private_endpoint: Option<PrivateEndpointFacts>,
    /// What a GraphQL resolver is called with.
    pub graphql: Option<GraphQlFacts>,
    /// More about the installation.
    pub deployment: DeploymentExtras,
    /// `context.LastError.Reason`, where it is none of the codes that our faults have.
    pub error_reason: Option<Box<str>>,
}

/// A user as policies see it.
#[derive(Debug, Default)]
pub struct UserFacts {
    /// Resource name.
    pub id: Box<str>,
    /// Mail address.
    pub email: Option<Box<str>>,
    /// First name.
    pub first_name: Option<Box<str>>,
    /// Last name.
    pub last_name: Option<Box<str>>,
    /// What the administrator noted.
    pub note: Option<Box<str>>,
    /// When the user registered.
    pub registered: Option<Timestamp>,
    /// The groups the user is in.
    pub groups: Box<[NamedFacts]>,
    /// Ids at providers of identity, each with the provider.
    pub identities: Box<[(Box<str>, Box<str>)]>,
}

/// Something of which policies see the id and the name.
#[derive(Debug, Default)]
pub struct NamedFacts {
    /// Resource name.
    pub id: Box<str>,
    /// Display name.
    pub name: Box<str>,
}

/// A private endpoint as policies see it.
#[derive(Debug, Default)]
pub struct PrivateEndpointFacts {
    /// Name.
    pub name: Box<str>,
    /// Group.
    pub group_id: Box<str>,
    /// Member.
    pub member_name: Box<str>,
}

/// What a GraphQL resolver is called with, as JSON texts.
#[derive(Debug, Default)]
pub struct GraphQlFacts {
    /// The arguments: an object.
    pub arguments: Box<str>,
    /// The parent object.
    pub parent: Option<Box<str>>,
}

/// More about the installation.
#[derive(Debug, Default)]
pub struct DeploymentExtras {
    /// `context.Deployment.ServiceId`.
    pub service_id: Option<Box<str>>,
    /// `context.Deployment.Gateway.InstanceId`.
    pub instance_id: Option<Box<str>>,
    /// `context.Deployment.SustainabilityInfo.CurrentCarbonIntensity`.
    pub carbon_intensity: Option<Box<str>>,
}
