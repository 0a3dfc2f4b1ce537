//! What is written, as data: stages and their typed steps, the services and how they run. No text of any output.

mod stage;

pub use stage::{
    Apt, AptSourceFile, Block, Constraint, CopyFrom, Export, Fetch, FileText, From, Instruction, KeyFetch, Mount,
    PipCall, PipSource, Run, Script, Stage, StageName, UserAccount, Why,
};
