//! Planes of samples: how audio lies in memory on its way through a chain.
//!
//! A block is planar: one plane a channel. In a plane, a frame is a row with a place for each strip of a pack; a
//! strip alone is a pack of one, and its plane is simply its samples in time. Counts are numbers of the run.

/// A piece of audio that a node works on in place: at most [`PIECE`] frames.
#[derive(Debug)]
pub struct Block<'a> {
    data: &'a mut [f32],
    stride: usize,
    shape: Shape,
}

/// A piece of audio that a node only hears, such as a sidechain key.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: &'a [f32],
    stride: usize,
    shape: Shape,
}

/// How much there is of what in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Channels: 1 or 2.
    pub channels: usize,
    /// Strips side by side in a frame.
    pub strips: usize,
    /// Frames from the first to the last.
    pub frames: usize,
    /// Whether the piece ends on a multiple of [`PIECE`] frames of the stream, where recursions clear denormals.
    pub settles: bool,
}

/// The most frames that a node is handed at once; pieces never cross an absolute multiple of it in the stream.
pub const PIECE: usize = 128;

impl<'a> Block<'a> {
    /// Lays a block over `data`: `channels` planes, each `stride` samples after the one before.
    ///
    /// # Panics
    /// If `data` is too short for the shape.
    pub fn new(data: &'a mut [f32], stride: usize, shape: Shape) -> Self {
        assert!(
            shape.channels > 0 && data.len() >= stride * (shape.channels - 1) + shape.frames * shape.strips
        );
        Block { data, stride, shape }
    }

    /// How much there is of what.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Frames in the piece.
    pub fn frames(&self) -> usize {
        self.shape.frames
    }

    /// Channels in the piece.
    pub fn channels(&self) -> usize {
        self.shape.channels
    }

    /// Strips side by side.
    pub fn strips(&self) -> usize {
        self.shape.strips
    }

    /// The rows of one channel.
    pub fn plane(&mut self, channel: usize) -> &mut [f32] {
        let start = channel * self.stride;
        &mut self.data[start..start + self.shape.frames * self.shape.strips]
    }

    /// The rows of both channels of a stereo block.
    ///
    /// # Panics
    /// If the block is mono.
    pub fn stereo(&mut self) -> (&mut [f32], &mut [f32]) {
        assert_eq!(self.shape.channels, 2);
        let n = self.shape.frames * self.shape.strips;
        let (left, right) = self.data.split_at_mut(self.stride);
        (&mut left[..n], &mut right[..n])
    }

    /// The same samples, to be heard only.
    pub fn view(&self) -> View<'_> {
        View { data: self.data, stride: self.stride, shape: self.shape }
    }

    /// The same block for a shorter while.
    pub fn again(&mut self) -> Block<'_> {
        Block { data: self.data, stride: self.stride, shape: self.shape }
    }

    /// `frames` frames from `from` on; settles where the whole did and the part is its end.
    pub fn part(&mut self, from: usize, frames: usize) -> Block<'_> {
        let shape = self.shape.part(from, frames);
        Block { data: &mut self.data[from * self.shape.strips..], stride: self.stride, shape }
    }

    /// Copies all planes from `other`, which has the same shape.
    pub fn copy_from(&mut self, other: View<'_>) {
        for channel in 0..self.shape.channels {
            self.plane(channel).copy_from_slice(other.plane(channel));
        }
    }
}

impl<'a> View<'a> {
    /// Lays a view over `data`, as [`Block::new`].
    ///
    /// # Panics
    /// If `data` is too short for the shape.
    pub fn new(data: &'a [f32], stride: usize, shape: Shape) -> Self {
        assert!(
            shape.channels > 0 && data.len() >= stride * (shape.channels - 1) + shape.frames * shape.strips
        );
        View { data, stride, shape }
    }

    /// How much there is of what.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Frames in the piece.
    pub fn frames(&self) -> usize {
        self.shape.frames
    }

    /// Channels in the piece.
    pub fn channels(&self) -> usize {
        self.shape.channels
    }

    /// The rows of one channel.
    pub fn plane(&self, channel: usize) -> &'a [f32] {
        let start = channel * self.stride;
        &self.data[start..start + self.shape.frames * self.shape.strips]
    }

    /// `frames` frames from `from` on.
    pub fn part(&self, from: usize, frames: usize) -> View<'a> {
        let shape = self.shape.part(from, frames);
        View { data: &self.data[from * self.shape.strips..], stride: self.stride, shape }
    }
}

impl Shape {
    fn part(self, from: usize, frames: usize) -> Shape {
        let ends = from + frames == self.frames;
        Shape { frames, settles: self.settles && ends, ..self }
    }
}
