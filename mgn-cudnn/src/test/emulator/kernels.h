// Lets a C++ compiler translate kernels.cu: a thread block's threads take turns on one thread of the CPU, and wait for one another
// where the device's would.
#pragma once

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <tuple>
#include <ucontext.h>
#include <vector>

#include "grid.h"
#include "numbers.h"

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static // one block runs at a time
#define __align__(n) alignas(n)

struct alignas(16) uint4 {
  unsigned x, y, z, w;
};

namespace device {

struct Copy {
  void* to;
  const void* from;
  int size;
};

enum class State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, DONE };

struct Thread {
  ucontext_t start;
  jmp_buf place;
  bool started = false;
  State state = State::READY;
  Dim index{0, 0, 0};
  unsigned turn = 0;                             // which of a warp's two tables its next exchange uses
  std::vector<std::vector<Copy>> groups;         // asynchronous copies that have not arrived
  std::vector<Copy> copies;                      // those of the group that is not complete
  std::unique_ptr<char[]> stack{new char[STACK]};
  static const size_t STACK = 256 << 10;
};

/** What the lanes of a warp tell one another: rows of matrices, or factors of a product as the lanes hold them. */
struct Exchange {
  const void* row[32];
  float a[32][16], b[32][8];
};

static std::vector<std::unique_ptr<Thread>> threads;
static std::vector<std::array<Exchange, 2>> exchanges;
static std::vector<char> shared;
static Thread* current;
static jmp_buf scheduler;
static std::function<void()> body;
static Dim block, grid, size;
static std::mt19937 random_numbers(1);

[[noreturn]] static void fail(const char* what) {
  std::fprintf(stderr, "emulated device: %s\n", what);
  std::abort();
}

static void yield(State state) {
  current->state = state;
  if (!_setjmp(current->place)) _longjmp(scheduler, 1);
}

static void entry() {
  for (;;) {
    body();
    if (!current->copies.empty() || !current->groups.empty()) fail("a thread ends before its copies have arrived");
    yield(State::DONE);
  }
}

static void resume(Thread* thread) {
  current = thread;
  if (_setjmp(scheduler)) return;
  if (thread->started) _longjmp(thread->place, 1);
  thread->started = true;
  getcontext(&thread->start);
  thread->start.uc_stack.ss_sp = thread->stack.get();
  thread->start.uc_stack.ss_size = Thread::STACK;
  thread->start.uc_link = nullptr;
  makecontext(&thread->start, entry, 0);
  setcontext(&thread->start);
}

/** Whether the threads [first, last) are all at a barrier, or done, and some are there: they may go on. */
static bool release(size_t first, size_t last, State barrier) {
  bool some = false;
  for (size_t i = first; i < last; i++) {
    some |= threads[i]->state == barrier;
    if (threads[i]->state != barrier && threads[i]->state != State::DONE) return false;
  }
  for (size_t i = first; some && i < last; i++) {
    if (threads[i]->state == barrier) threads[i]->state = State::READY;
    else if (barrier == State::AT_WARP_BARRIER) fail("lanes of a warp are missing at an exchange");
  }
  return some;
}

/** Runs a block. A warp goes on alone for a random while, so that what its barriers do not order happens in any order. */
static void run_block(unsigned count) {
  for (size_t i = 0; i < count; i++) {
    threads[i]->state = State::READY;
    threads[i]->index = {(unsigned) i, 0, 0};
  }
  do {
    std::vector<size_t> warps; // that can go on, by their first threads
    for (size_t first = 0; first < count; first += 32) warps.push_back(first);
    while (!warps.empty()) {
      size_t chosen = random_numbers() % warps.size(), first = warps[chosen], last = std::min<size_t>(count, first + 32);
      bool more;
      do {
        for (size_t i = first; i < last; i++) {
          if (threads[i]->state == State::READY) resume(threads[i].get());
        }
        more = release(first, last, State::AT_WARP_BARRIER);
      } while (more && random_numbers() % 32 != 0);
      if (!more) warps.erase(warps.begin() + (long) chosen);
    }
  } while (release(0, count, State::AT_BLOCK_BARRIER));
  for (size_t i = 0; i < count; i++) {
    if (threads[i]->state != State::DONE) fail("threads of a block wait at different barriers");
  }
}

static void run(const Grid& dimensions, std::function<void()> kernel) {
  body = std::move(kernel);
  size = {dimensions.threads, 1, 1};
  grid = dimensions.blocks;
  while (threads.size() < dimensions.threads) threads.push_back(std::make_unique<Thread>());
  exchanges.resize(dimensions.threads / 32 + 1);
  for (block.z = 0; block.z < grid.z; block.z++) {
    for (block.y = 0; block.y < grid.y; block.y++) {
      for (block.x = 0; block.x < grid.x; block.x++) {
        shared.assign(dimensions.shared_bytes + 16, (char) 0xa5);
        run_block(dimensions.threads);
      }
    }
  }
}

static void* dynamic_shared() { return (void*) (((uintptr_t) shared.data() + 15) & ~(uintptr_t) 15); }

/** Copies a launch's arguments, as the device's driver does, and returns what runs them. */
template <class... P>
std::function<void()>* bind(void (*kernel)(P...), void** arguments, Grid grid) {
  int i = 0;
  std::tuple<P...> values{*(P*) arguments[i++]...};
  return new std::function<void()>([=] { run(grid, [=] { std::apply(kernel, values); }); });
}

/** A place where this lane tells what it has, and reads what the others have once all have arrived. */
static Exchange& exchange() { return exchanges[current->index.x / 32][current->turn++ % 2]; }

static unsigned lane() { return current->index.x % 32; }

static void arrive() { yield(State::AT_WARP_BARRIER); }

} // namespace device

#define threadIdx (device::current->index)
#define blockIdx (device::block)
#define blockDim (device::size)
#define gridDim (device::grid)

static inline void __syncthreads() { device::yield(device::State::AT_BLOCK_BARRIER); }
static inline float __uint_as_float(unsigned x) { return numbers::of_bits(x); }
static inline unsigned __float_as_uint(float x) { return numbers::bits(x); }
static inline float half_to_float(unsigned short x) { return numbers::half_to_float(x); }
static inline unsigned short float_to_half(float x) { return numbers::float_to_half(x); }
static inline float e4m3_to_float(unsigned char x) { return numbers::e4m3_to_float(x); }
static inline unsigned short float_to_e4m3x2(float high, float low) {
  return (unsigned short) (numbers::float_to_e4m3(high) << 8 | numbers::float_to_e4m3(low));
}

/** Asynchronous copies arrive as late as they may: where a thread waits for them. */
static inline void copy16(void* to, const void* from, int size) { device::current->copies.push_back({to, from, size}); }
static inline void commit_copies() {
  device::current->groups.push_back(std::move(device::current->copies));
  device::current->copies.clear();
}
template <int N>
void wait_copies() {
  auto& groups = device::current->groups;
  while (groups.size() > N) {
    for (const device::Copy& copy : groups.front()) {
      if (copy.size > 0) std::memcpy(copy.to, copy.from, 16);
      else std::memset(copy.to, 0, 16);
    }
    groups.erase(groups.begin());
  }
}

static inline void load_matrices(unsigned (&r)[4], const void* row) {
  device::Exchange& warp = device::exchange();
  unsigned lane = device::lane();
  warp.row[lane] = row;
  device::arrive();
  for (int j = 0; j < 4; j++) std::memcpy(&r[j], (const char*) warp.row[j * 8 + lane / 4] + lane % 4 * 4, 4);
}

/**
 * Adds a product of 16 rows and 8 columns to its sums, four a lane. A register holds `PER` factors; the lane (i, j) of 8x4 has those
 * of the rows i and i + 8, or the column i, at j PER and at (j + 4) PER.
 */
template <int PER, class T, class Read>
void multiply(T (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, Read read) {
  device::Exchange& warp = device::exchange();
  unsigned lane = device::lane(), b[2] = {b0, b1};
  for (unsigned i = 0; i < 4 * PER; i++) warp.a[lane][i] = read(a[i / PER] >> i % PER * (32 / PER));
  for (unsigned i = 0; i < 2 * PER; i++) warp.b[lane][i] = read(b[i / PER] >> i % PER * (32 / PER));
  device::arrive();
  for (unsigned i = 0; i < 4; i++) {
    unsigned row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
    T sum = 0;
    for (unsigned half = 0; half < 2; half++)
      for (unsigned j = 0; j < 4; j++)
        for (unsigned k = 0; k < PER; k++)
          sum += (T) (warp.a[row % 8 * 4 + j][(row / 8 + half * 2) * PER + k] * warp.b[column * 4 + j][half * PER + k]);
    c[i] += sum;
  }
}

static inline void multiply_s8(int (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  multiply<4>(c, a, b0, b1, [](unsigned x) { return (float) (signed char) x; });
}

static inline void multiply_f16(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  multiply<2>(c, a, b0, b1, [](unsigned x) { return half_to_float((unsigned short) x); });
}
