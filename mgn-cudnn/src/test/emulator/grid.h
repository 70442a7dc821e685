// How a kernel is launched.
#pragma once

namespace device {

struct Dim {
  unsigned x, y, z;
};

struct Grid {
  Dim blocks;
  unsigned threads; // of a block
  unsigned shared_bytes;
};

} // namespace device
