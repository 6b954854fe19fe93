#![doc = include_str!("ARCHITECTURE.md")]

pub mod compress;
pub mod diagnostic;
pub mod digest;
pub mod html;
pub mod redirects;
pub mod social_card;
pub mod source;
pub mod text;
pub mod url;
pub mod yaml;

pub mod article;

pub mod lint;
pub mod schema;
pub mod search;
pub mod settings;
pub mod site;
pub mod theme;

pub mod outputs;
pub mod plan;

pub mod import;
pub mod moves;

pub mod pipeline;
pub mod workspace;
pub mod write;

pub mod outside;
pub mod serve;
pub mod watch;

pub mod cli;
