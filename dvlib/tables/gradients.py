"""Gradients with respect to all weights of a network, row by row, without storing them.

A row's gradient with respect to the weights of a layer is the outer product of the layer's input h
and of δ, the gradient with respect to the layer's output before its activation. So the product of
two rows' gradients is the sum over the layers of (h·h' + 1) (δ·δ'), where the 1 is due to the
biases. This takes matrices of rows × rows in place of vectors as long as the weights.
"""

import numpy as np

from dvlib.tables.utilities import label_probability


def residuals(network, X, y):
    """Gradient of each row's log loss, p − onehot(y), float (n, outputs).

    It is taken with respect to the network's outputs before the last activation. With two classes
    there is one output, and the gradient is P(1) − y.
    """
    p = network.probabilities(X)
    if network.outputs == 1:
        return (p[:, 1] - y)[:, None]
    return p - np.eye(network.outputs)[y]


def gradient_norms(network, X, y):
    """Norm (n,) of the gradient of each row's log loss with respect to all weights of a network.

    Its mean over several trained networks is the GraNd score (Paul et al. 2021, section 2). X (n,
    d) are the rows and y, int 0 … K − 1, their classes.
    """
    inputs, slopes = _forward(network, X)
    back = _backward(network, slopes, residuals(network, X, y)[None])
    squares = sum(
        (np.square(h).sum(1) + 1) * np.square(d[0]).sum(1)
        for h, d in zip(inputs, back, strict=True)
    )
    return np.sqrt(squares)


def unlikely(network, points, labels):
    """1 − P(label) of points (S, d) by a network, (S,).

    With two classes, it is EL2N divided by √2. Paul et al. (2021) take both EL2N and GraNd early in
    training, and of rows of the training set.
    """
    return 1 - label_probability(network.probabilities(points), labels)


class Jacobian:
    """Gradients J of all outputs with respect to all weights at some points; see `products`."""

    def __init__(self, network, points):
        self.n, self.outputs = len(points), network.outputs
        self._inputs, slopes = _forward(network, points)
        outputs = np.repeat(np.eye(network.outputs)[:, None], self.n, axis=1)
        self._back = _backward(network, slopes, outputs)

    def products(self, other):
        """J J'ᵀ, (n · outputs, n' · outputs); the outputs of a point are adjacent."""
        whole = np.zeros((self.n, self.outputs, other.n, other.outputs))
        layers = zip(self._inputs, other._inputs, self._back, other._back, strict=True)
        for h, h_other, back, back_other in layers:
            shared = h @ h_other.T + 1
            for c in range(self.outputs):
                for k in range(other.outputs):
                    whole[:, c, :, k] += shared * (back[c] @ back_other[k].T)
        return whole.reshape(self.n * self.outputs, -1)


def _forward(network, points):
    """The input of each layer, (n, units), and the slopes of the hidden layers' activations."""
    inputs, slopes = [np.asarray(points, float)], []
    for coef, intercept in network.layers[:-1]:
        values = inputs[-1] @ coef.astype(float) + intercept
        if network.config.activation == "relu":
            inputs.append(np.maximum(values, 0))
            slopes.append(values > 0)
        else:
            inputs.append(np.tanh(values))
            slopes.append(1 - inputs[-1] ** 2)
    return inputs, slopes


def _backward(network, slopes, last):
    """Gradients before each layer's activation, from `last` (c, n, outputs); a list by layer."""
    back = [last]
    for (coef, _), slope in zip(network.layers[:0:-1], reversed(slopes), strict=True):
        back.append((back[-1] @ coef.astype(float).T) * slope)
    return back[::-1]
