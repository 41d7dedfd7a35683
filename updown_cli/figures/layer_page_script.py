"""What the page of a layer does: it shows states and looks up what reads what, and computes none.

Every text is put in as text, so that a name is never anything else.
"""

from updown_cli.figures.layer_page_controls import CONTROLS
from updown_cli.figures.layer_page_grids import GRIDS
from updown_cli.figures.layer_page_light import LIGHT
from updown_cli.figures.layer_page_matrix import MATRIX
from updown_cli.figures.layer_page_panel import PANEL
from updown_cli.figures.layer_page_sampling import SAMPLING

SCRIPT = GRIDS + PANEL + MATRIX + SAMPLING + LIGHT + CONTROLS
