# The interface of the pure classes, which are what is promised: `words`, `near` and `centroid`.
from processors.centroid import Centroids as Centroids
from processors.near import Near as Near
from processors.words import Rarity as Rarity
from processors.words import Weighed as Weighed
