//! Descriptions as people publish them: three versions of the format, three ways of writing.

/// A description as somebody would have it, and a call that its service answers.
pub(super) struct Public {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
    pub(super) target: &'static str,
    pub(super) arrives_as: &'static str,
}

pub(super) const PUBLIC: [Public; 3] = [
    Public {
        file: "petstore.json",
        text: r##"{
            "swagger": "2.0",
            "info": { "title": "Swagger Petstore", "version": "1.0.7" },
            "host": "petstore.example", "basePath": "/v2", "schemes": ["https"],
            "consumes": ["application/json"], "produces": ["application/json"],
            "paths": {
                "/pet/findByStatus": { "get": {
                    "operationId": "findPetsByStatus",
                    "parameters": [ { "name": "status", "in": "query", "required": true, "type": "array",
                        "items": { "type": "string" }, "collectionFormat": "multi" } ],
                    "responses": { "200": { "description": "found",
                        "schema": { "type": "array", "items": { "$ref": "#/definitions/Pet" } } } },
                    "security": [ { "petstore_auth": ["read:pets"] } ] } },
                "/pet/{petId}": {
                    "parameters": [ { "name": "petId", "in": "path", "required": true, "type": "integer" } ],
                    "get": { "operationId": "getPetById",
                        "responses": { "200": { "description": "one", "schema": { "$ref": "#/definitions/Pet" } } } },
                    "delete": { "operationId": "deletePet", "responses": { "400": { "description": "no" } } } } },
            "securityDefinitions": { "petstore_auth": { "type": "oauth2", "flow": "implicit",
                "authorizationUrl": "https://petstore.example/oauth", "scopes": { "read:pets": "read" } } },
            "definitions": { "Pet": { "type": "object", "required": ["name"], "properties": {
                "id": { "type": "integer", "format": "int64" }, "name": { "type": "string", "example": "doggie" },
                "parent": { "$ref": "#/definitions/Pet" } } } }
        }"##,
        target: "/swagger-petstore/pet/7",
        arrives_as: "/base/pet/7",
    },
    Public {
        file: "museum.yaml",
        text: "\
openapi: 3.0.3
info:
  title: Museum — Tickets & Hours
  version: 1.1.0
  license: { name: MIT }
servers:
  - url: https://{region}.museum.example/api
    variables: { region: { default: eu, enum: [eu, us] } }
tags: [{ name: Hours }]
x-internal: &hours
  type: object
  properties:
    open: { type: string, format: time }
paths:
  /hours:
    get:
      tags: [Hours]
      operationId: getHours
      parameters:
        - $ref: '#/components/parameters/Page'
      responses:
        '200':
          description: Hours
          content:
            application/json:
              schema: { type: array, items: *hours }
        default: { $ref: '#/components/responses/Problem' }
  /tickets/{ticketId}/qr:
    get:
      operationId: getQr
      parameters:
        - { name: ticketId, in: path, required: true, schema: { type: string, format: uuid } }
      responses:
        '200': { description: an image, content: { image/png: { schema: { type: string, format: binary } } } }
components:
  parameters:
    Page: { name: page, in: query, schema: { type: integer, default: 1 } }
  responses:
    Problem: { description: a problem, content: { application/problem+json: { schema: { type: object } } } }
",
        target: "/museum-tickets-hours/hours?page=2",
        arrives_as: "/base/hours?page=2",
    },
    Public {
        file: "rockets.json",
        text: r##"{
            "openapi": "3.1.0",
            "info": { "title": "Rockets", "summary": "What flies", "version": "2024-05-01" },
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "paths": {
                "/launches": {
                    "summary": "All launches",
                    "get": { "responses": { "2XX": { "description": "some", "content": { "application/json": {
                        "schema": { "type": ["array", "null"], "items": { "$ref": "#/components/schemas/Launch" } },
                        "examples": { "one": { "value": [ { "id": 1 } ] } } } } } } },
                    "post": { "requestBody": { "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Launch" } } } },
                        "responses": { "201": { "description": "made" } } } } },
            "webhooks": { "launched": { "post": { "responses": { "200": { "description": "thanks" } } } } },
            "components": { "schemas": { "Launch": { "type": "object", "properties": {
                "id": { "type": "integer", "exclusiveMinimum": 0 }, "pad": { "const": "39A" },
                "crew": { "type": "array", "prefixItems": [ { "type": "string" } ] } } } },
                "securitySchemes": { "mtls": { "type": "mutualTLS" } } },
            "security": [ { "mtls": [] } ]
        }"##,
        target: "/rockets/launches",
        arrives_as: "/base/launches",
    },
];
