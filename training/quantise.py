"""From trained floats to the whole numbers of the runtime."""

import numpy as np
from linear import Linear
from network import WIDE, WIDTH, Parameters

_STEPS = 22.0  # steps of a normalised embedding to one unit: 127 steps reach 5.8


def whole(values: np.ndarray, percentile: float, bits: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Per column: whole numbers of `bits`, and what one step is worth; beyond the percentile it is cut off."""
    most = 2 ** (bits - 1) - 1
    scale = np.maximum(np.percentile(np.abs(values), percentile, axis=0), 1e-9) / most
    return np.clip(np.rint(values / scale), -most, most).astype(f"int{bits}"), scale.astype(np.float64)


def linear(model: Linear) -> dict[str, np.ndarray]:
    table, scale = whole(np.concatenate([model.weights, model.squares], axis=1), 99.995)
    return {"linear_table": table, "linear_scale": scale, "linear_bias": model.bias.astype(np.float64)}


def network(p: Parameters, heads: np.ndarray, heads_bias: np.ndarray) -> dict[str, np.ndarray]:
    """`heads` (units, k) on the floats' scale."""
    table = p["table"]
    size = np.percentile(np.abs(table[:, :WIDTH]), 99.99) / 127
    direct_size = np.percentile(np.abs(table[:, WIDTH:]), 99.999) / 127
    sizes = np.append(np.full(WIDTH, size), np.full(3, direct_size))
    convolution_size = np.abs(p["convolution"]).max() / 127
    per_hidden = 16 * convolution_size / _STEPS  # one runtime step of a hidden unit in floats
    scaled = heads * np.append(np.full(len(heads) - WIDTH, per_hidden), np.full(WIDTH, 1 / _STEPS))[:, None]
    whole_heads, heads_scale = whole(scaled, 100, bits=16)
    return {
        "network_table": np.clip(np.rint(table / sizes), -127, 127).astype(np.int8),
        "network_gain": (p["gain"] * _STEPS).astype(np.float32),
        "network_shift": (p["shift"] * _STEPS).astype(np.float32),
        "network_smallest": np.array(1e-5 * WIDTH**2 / size**2),
        "network_convolution": np.rint(p["convolution"] / convolution_size).astype(np.int8),
        "network_bias": np.rint(p["bias"] * _STEPS / convolution_size).astype(np.int32),
        "network_heads": whole_heads,
        "network_heads_scale": heads_scale,
        "network_heads_bias": heads_bias.astype(np.float64),
        "network_direct_scale": np.array(WIDE * direct_size),
    }
