//! What a device is.

/// What a device says that it is. The person reads it on their page, in words of the server; there is no name to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A television, or a box beside one.
    Television,
    /// A computer.
    Computer,
    /// A program at the command line.
    CommandLine,
    /// A telephone.
    Telephone,
    /// A tablet.
    Tablet,
    /// A printer or a scanner.
    Printer,
    /// A game console.
    Console,
    /// A loudspeaker.
    Speaker,
    /// A vehicle.
    Vehicle,
    /// A server, or a job on one.
    Server,
    /// Something else.
    #[default]
    Other,
}

impl Kind {
    /// As in `device_kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Television => "television",
            Self::Computer => "computer",
            Self::CommandLine => "command_line",
            Self::Telephone => "telephone",
            Self::Tablet => "tablet",
            Self::Printer => "printer",
            Self::Console => "console",
            Self::Speaker => "speaker",
            Self::Vehicle => "vehicle",
            Self::Server => "server",
            Self::Other => "other",
        }
    }
}
