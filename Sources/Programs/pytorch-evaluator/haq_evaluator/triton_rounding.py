"""Rounding to integers by one Triton kernel: values, and whether they lie inside the range, in one pass over memory."""
import os

import torch

# Triton is only looked for where it can run: on a GPU, or where its interpreter is asked for, as by the tests.
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
triton = None
if INTERPRETED or torch.cuda.is_available():
    try:
        import triton
        import triton.language as tl
    except ImportError:
        pass

BLOCK = 1024

if triton is not None:
    @triton.jit
    def round_block(x, scale, y, inside, count, columns, low, high, PER_ROW: tl.constexpr, RANGED: tl.constexpr,
                    BLOCK: tl.constexpr):
        at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
        valid = at < count
        if PER_ROW:
            step = tl.load(scale + at // columns, mask=valid, other=1.0)
        else:
            step = tl.load(scale)
        value = tl.load(x + at, mask=valid, other=0.0).to(tl.float32)
        quotient = tl.div_rn(value, step + tl.zeros([BLOCK], tl.float32))
        # One step beyond the range is enough to know what lies outside; what is not a number stays so.
        near = tl.where(quotient < low - 1, low - 1, tl.where(quotient > high + 1, high + 1, quotient))
        # Adding and taking away 1.5 * 2^23 rounds floats of less than 2^22 to integers, ties to even.
        whole = (near + 12582912.0) - 12582912.0
        bounded = tl.where(whole < low, low, tl.where(whole > high, high, whole))
        tl.store(y + at, (bounded * step).to(y.dtype.element_ty), mask=valid)
        if RANGED:
            tl.store(inside + at, ((whole >= low) & (whole <= high)).to(inside.dtype.element_ty), mask=valid)


def triton_can_run(device: torch.device):
    """Raises an error that says why the kernel cannot run on a device."""
    if not (INTERPRETED or device.type == "cuda"):
        raise RuntimeError(f"Triton needs a GPU, and the model is on {device.type}")
    if triton is None:
        raise RuntimeError("Triton is not installed")


def triton_rounded(x: torch.Tensor, scale: torch.Tensor, low: int, high: int, ranged: bool = True):
    """Rounded values of the type of x, and whether they lie inside the range; None for that unless it is `ranged`.

    x may have any shape; `scale` is float32 with one element, or one for each row of x.
    """
    per_row = scale.numel() > 1
    # Strides of both results follow those of x, where it has no gaps.
    dense = x.is_contiguous() or (
        not per_row and x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last))
    source = x if dense else x.contiguous()
    y, inside = torch.empty_like(source), torch.empty_like(source, dtype=torch.bool) if ranged else None
    count = source.numel()
    if count:
        # Without a range nothing is stored in the last, which must be a tensor all the same.
        flags = inside.view(torch.uint8) if ranged else y
        round_block[(triton.cdiv(count, BLOCK),)](
            source, scale.reshape(-1), y, flags, count, count // max(1, len(source)), float(low), float(high),
            PER_ROW=per_row, RANGED=ranged, BLOCK=BLOCK)
    return y, inside
