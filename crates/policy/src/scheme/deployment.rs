//! `context.Deployment`: the installation.

use super::table::{Class, Kind, get};

pub(super) const CLASS: Class = Class::named(
    "IDeployment",
    &[
        get("Certificates Certificates", |_, _| {
            Kind::Certificates.object(0)
        }),
        get("IGateway Gateway", |_, _| Kind::Gateway.object(0)),
        get("string GatewayId", |cx, _| {
            (*cx.deployment().gateway_id).into()
        }),
        get("string Region", |cx, _| (*cx.deployment().region).into()),
        get("string ServiceId", |cx, _| {
            let stated = cx
                .extras()
                .and_then(|extras| extras.deployment.service_id.as_deref());
            stated.unwrap_or(&cx.deployment().service_name).into()
        }),
        get("string ServiceName", |cx, _| {
            (*cx.deployment().service_name).into()
        }),
        get("ISustainabilityInfo SustainabilityInfo", |_, _| {
            Kind::Sustainability.object(0)
        }),
    ],
);

pub(super) const GATEWAY_CLASS: Class = Class::named(
    "IGateway",
    &[
        get("string Id", |cx, _| (*cx.deployment().gateway_id).into()),
        get("string InstanceId", |cx, _| {
            let stated = cx
                .extras()
                .and_then(|extras| extras.deployment.instance_id.as_deref());
            stated.unwrap_or(&cx.deployment().gateway_id).into()
        }),
        get("bool IsManaged", |cx, _| {
            (&*cx.deployment().gateway_id == MANAGED).into()
        }),
    ],
);

pub(super) const SUSTAINABILITY_CLASS: Class = Class::named(
    "ISustainabilityInfo",
    &[get("string CurrentCarbonIntensity", |cx, _| {
        cx.extras()
            .and_then(|e| e.deployment.carbon_intensity.as_deref())
            .into()
    })],
);

/// The id of the gateway that belongs to the installation itself.
const MANAGED: &str = "managed";
