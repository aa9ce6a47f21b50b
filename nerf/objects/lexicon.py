"""Other words for the library's own: some for training, one more of each that training never reads.

The held-out words measure whether the text side understands wording that it never saw. Words that stand for a number
or a place ("three", "on", "around") have no other word and stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

TABLE = """
red: scarlet, bright red, cherry-red | crimson
maroon: burgundy, dark red, wine-red | oxblood
orange: tangerine, bright orange | apricot
brown: chocolate-brown, chestnut, dark brown | hazel
beige: cream, sand-colored, tan | fawn
gold: golden, golden-yellow | gilded
yellow: lemon-yellow, bright yellow, canary | sunflower-yellow
olive: olive-green, army green, khaki | drab green
lime: lime-green, light green, yellow-green | chartreuse
green: grass-green, emerald, leaf-green | forest-colored
teal: dark cyan, blue-green | petrol-blue
turquoise: aqua, cyan, light cyan | aquamarine
sky blue: light blue, pale blue, baby blue | azure
blue: royal blue, cobalt, bright blue | sapphire
navy: dark blue, navy blue, midnight blue | indigo
purple: violet, dark purple, plum | amethyst
pink: rose, light pink, salmon-pink | flamingo-colored
black: jet-black, coal-black, pitch-black | ebony
gray: grey, silver-gray, ash-gray | slate
white: snow-white, ivory, pure white | chalky
wooden: wood, timber, oak | made-of-wood
metal: metallic, shiny metal, polished | steel
marble: marbled, veined stone | stone-veined
striped: stripy, banded | lined
checkered: chequered, checked, checkerboard | plaid
spotted: dotted, polka-dot | speckled
stripes: bands, lines | streaks
checks: squares, a checkerboard pattern | tiles
spots: dots, polka dots | speckles
fading: blending, turning | shading
airplane: plane, aeroplane, aircraft | jetliner
alarm clock: bedside clock, ringing clock | wake-up clock
apple: ripe apple, apple fruit | crab apple
armchair: easy chair, lounge chair | recliner
axe: hatchet, ax | tomahawk
banana: ripe banana, banana fruit | plantain
bunch of bananas: bananas, hand of bananas | cluster of plantains
basket: wicker basket, carrying basket | hamper
bed: bedstead, sleeping bed | cot
biplane: double-winged plane, old biplane | two-winged aircraft
boat: ship, motorboat | vessel
book: volume, hardcover book | tome
bookshelf: bookcase, shelf, shelving unit | bookstand
bottle: glass bottle, flask | decanter
bowl: dish, basin | salad bowl
bucket: pail, water bucket | tub
bus: coach, passenger bus | omnibus
cactus: potted cactus, desert plant | succulent
candle: wax candle, lit candle | taper
cap: baseball cap, peaked cap | lid hat
car: automobile, auto, motorcar | vehicle
cat: kitten, house cat, kitty | feline
chair: seat, dining chair | chaise
clock: timepiece, wall clock | chronometer
cup: mug, coffee cup, teacup | beaker
cushion: pillow, sofa cushion | bolster
dog: puppy, hound | canine
drum: snare drum, tom-tom | tambour
duck: duckling, rubber duck | mallard
elephant: elephant calf, toy elephant | pachyderm
fish: swimming fish, tropical fish | trout
flower: blossom, bloom, daisy | floret
gift box: present, gift, wrapped present | parcel
grandfather clock: longcase clock, pendulum clock | tall-case timepiece
guitar: acoustic guitar, six-string | ukulele
hammer: claw hammer, carpenter's hammer | sledgehammer
hat: headwear, brimmed hat | sombrero
house: home, cottage, little house | dwelling
lamp: light, table lamp, floor lamp | lantern
lighthouse: beacon, coastal tower | light tower
locomotive: steam engine, train engine, train | railway engine
mallet: wooden hammer, croquet hammer | gavel
mushroom: toadstool, fungus | champignon
palm tree: palm, coconut tree | date palm
pear: ripe pear, pear fruit | bosc pear
plant: potted plant, houseplant | shrub
pumpkin: gourd, halloween pumpkin | squash
rabbit: bunny, hare | cottontail
robot: toy robot, android | automaton
rocket: spaceship, space rocket | missile
rowboat: rowing boat, dinghy | canoe
sailboat: sailing boat, sailing ship | yacht
shovel: spade, digging shovel | trowel
snail: garden snail, land snail | slug with a shell
snowman: snow figure, man of snow | frosty
sofa: couch, settee | loveseat
stool: bar stool, small stool | footstool
suitcase: travel case, luggage, trolley case | valise
table: desk, dining table | workbench
teapot: tea pot, tea kettle | kettle
teddy bear: stuffed bear, teddy, toy bear | plush bear
tent: camping tent, canvas tent | wigwam
tower: castle tower, watchtower | turret
tree: garden tree, leafy tree | sapling
truck: lorry, pickup truck, hauler | freight vehicle
turtle: tortoise, sea turtle | terrapin
umbrella: parasol, rain umbrella | brolly
vase: urn, flower vase | amphora
windmill: mill, wind-powered mill | dutch mill
tall: high, towering | lofty
low: short, low-lying | squatty
wide: broad, extra wide | sprawling
narrow: thin, slight | cramped
long: elongated, lengthy | stretched
short: little, small | stunted
slim: thin, lean | lanky
slender: slim, thin | svelte
squat: stocky, short and wide | dumpy
stout: thick, heavy-set | bulky
stubby: short and thick, stumpy | chunky
thick: fat, heavy | chunky
thin: slim, flat | skinny
plump: puffy, well-filled | tubby
chubby: fat, round-bellied | tubby
flat: low, flattened | planar
deep: high-walled, deep-walled | bottomless
shallow: flat, low-walled | depthless
round: circular, disc-shaped | rotund
square: boxy, four-cornered | right-angled
pointed: pointy, sharp | spiked
curved: bent, arched | bowed
straight: unbent, straight-lined | linear
conical: cone-shaped, tapering | funnel-shaped
bushy: leafy, dense | thicket-like
spiky: prickly, sharp-leaved | thorny
boxy: box-shaped, square | cubic
compact: small, two-seat | petite
open: opened, spread | unfolded
lying: lying-down, flat-lying | resting
standing: upright, on-its-feet | erect
sitting: seated, sat-down | perched
floating: swimming, legless | drifting
high-backed: tall-backed, high-back | lofty-backed
low-backed: short-backed, low-back | stunted-backed
splay-legged: with slanted legs | spread-legged
handleless: without a handle | grip-free
round-bodied: bulbous, round-bellied | globe-bodied
broad-leaved: big-leaved, wide-leaved | large-foliaged
narrow-topped: thin-topped, slim-necked | tapering-topped
double-decker: two-level, double-deck | two-floored
single-decker: one-level, single-deck | one-floored
ridge-shaped: A-frame, triangular | gabled
dome-shaped: domed, igloo-shaped | hemispherical
short-legged: low-legged, stubby-legged | dachshund-like
long-legged: high-legged, leggy | lanky-legged
short-necked: with a short neck | stub-necked
long-necked: with a long neck | swan-necked
short-eared: small-eared, with short ears | stub-eared
long-eared: with long ears | lop-sized-eared
big-eared: with big ears, large-eared | huge-eared
small-eared: with small ears, little-eared | tiny-eared
big-shelled: large-shelled, with a big shell | huge-shelled
small-shelled: little-shelled, with a small shell | tiny-shelled
flat-shelled: with a flat shell, low-shelled | level-shelled
high-shelled: with a high shell, dome-shelled | lofty-shelled
tall-crowned: high-crowned, top | stovepipe
low-crowned: flat-topped, sun | boater
wide-brimmed: broad-brimmed, big-brimmed | vast-brimmed
narrow-brimmed: small-brimmed, slim-brimmed | tiny-brimmed
full-bodied: wide-waisted, full | ample
slim-waisted: narrow-waisted, hourglass | wasp-waisted
short-handled: with a short handle | stub-handled
long-handled: with a long handle | lengthy-handled
double-bladed: two-bladed, double-headed | twin-bladed
single-bladed: one-bladed, single-headed | lone-bladed
narrow-bladed: with a narrow blade, small-bladed | thin-edged
broad-bladed: with a broad blade, wide-bladed | large-edged
square-bladed: flat-bladed, flat-ended | right-angled
legs: feet, table legs, supports | shanks
feet: legs, small legs | trotters
frame: bed frame, framework | structure
trim: edging, border | piping
details: decorations, ornaments | accents
rim: edge, border | brim
cap: top, stopper | lid
handle: grip, holder | haft
lid: cover, top | cap piece
roof: top, rooftop | shingles
load area: cargo area, rear, back | freight bed
upper parts: superstructure, upper works | topside
wings: wing surfaces, wings and tail | airfoils
chimney: smokestack, flue | stovepipe
nose: tip, nose cone | snout tip
fins: stabilizers, side fins | flippers
top: upper part, crown | summit
entrance: door, doorway, flap | portal
pot: planter, flowerpot | crock
center: middle, heart | core
trunk: stem, tree trunk | bole
stem: stalk, foot | pillar
ears: ear flaps, two ears | auricles
paws: feet, toes | pads
muzzle: snout, nose | chops
tail: tail tuft, tail end | rear tip
inner ears: insides of its ears | ear insides
beak: bill, duck bill | nib
head: skull, face | noggin
body: foot, soft body | torso
belly: tummy, stomach | abdomen
scarf: neckerchief, shawl | muffler
hat: headwear, headgear | topper
limbs: arms and legs, extremities | appendages
stand: base, foot, pole | stanchion
title: lettering, title plate | inscription
fittings: mounts, hardware | mountings
band: ribbon, hatband | strip
straps: belts, bands | buckles
ribbon: bow, wrapping ribbon | tape
holder: candlestick, base | sconce
neck: fretboard, long neck | fingerboard
hoops: rims, rings | bands around it
armrests: arms, arm supports | elbow rests
seat: sitting surface | sitting area
back: backrest, chair back | spine rest
slatted: barred, slat | spindle
ladder: rung | stepped
base: foot, pedestal | plinth
footrest: foot ring, foot rail | foot bar
rolled: rounded, curled | scrolled
arms: side arms, limbs | branches
arm: limb, side arm | branch
throw: loose, scatter | tossed
pillow: cushion, small cushion | headrest
leg: support, column | shank
central: middle, single | lone
plank: board, panel | slab
shelf: board, rack | ledge
shelves: boards, levels | racks
headboard: head panel, bedhead | head end
footboard: foot panel | foot end
books: volumes, reading matter | tomes
tassels: corner knobs, bobbles | pompoms
button: knob, center button | stud
mouth: opening, rim | aperture
flared: widening, bell-shaped | trumpet-like
foot: base, stand | underside
handles: grips, ears | hafts
flowers: blossoms, blooms | florets
flower: blossom, bloom | floret
fruit: fruits, round fruit | produce
ring: band, hoop | circle
label: sticker, tag | badge
saucer: small plate, under-plate | coaster
loops: rings, side handles | lugs
loop: ring, eyelet | lug
eggs: chicken eggs, laid eggs | ova
water: some water, liquid | fluid
raised: lifted, upright | hoisted
lowered: hanging, dropped | sunken
rack: carrier, rails | bars
spoiler: rear wing, tail wing | airfoil
cargo: freight, load | goods
box: container, case | crate
tank: cylinder tank, barrel | cistern
sail: sailcloth, sheet | canvas
sails: sailcloths, sheets | canvases
funnel: smokestack, chimney | vent
cabin: cockpit, deckhouse | wheelhouse
oars: paddles, rowing oars | sculls
jet engines: jets, turbines | turbofans
propeller: airscrew, prop | rotor
porthole: round window, window | peephole
portholes: round windows, windows | peepholes
storey: floor, level | deck
storeys: floors, levels | decks
gable: pitched, saddle | ridged
hip: hipped, sloping | pyramid
battlements: crenellations, merlons | ramparts
lantern room: lamp room, light room | beacon room
blades: sails, arms | vanes
petals: flower leaves, petal leaves | sepals
tiers: layers, levels | stages
coconuts: palm nuts, round nuts | drupes
domed: dome-shaped, rounded | bowl-like
leaf: green leaf, single leaf | frond
carved: cut-out, jack-o-lantern | whittled
face: grin, smile | visage
floppy: hanging, drooping | dangling
drooping: hanging, floppy | sagging
upright: standing, raised | perky
collar: neckband, dog collar | choker
tusks: ivory tusks, long teeth | fangs
feelers: antennae, eye stalks | tentacles
forked: split, two-pointed | cleft
fan: wide, spread | splayed
bow tie: bow, neck bow | cravat
antenna: aerial, radio antenna | mast
bobble: knitted, pompom | woolly
bulbous: rounded, pear-shaped | swollen
rounded: curved, round | bulging
arched: curved, bent | bowed
cone: conical, cone-shaped | steepled
drum: cylinder, cylindrical | barrel
dome: domed, half-round | bowl-like
shade: lampshade, lamp cover | hood
bookmark: page ribbon, marker | page marker
hooked: curved, J-shaped | crooked
pull-out: telescopic, extendable | retractable
carrying: top, grab | lifting
bow: ribbon bow, knot | rosette
finger: small, side | thumb
dripping: melting, running | oozing
wax: candle wax, drips | tallow
zigzag: crisscross, V-shaped | jagged
cords: ropes, strings | laces
drumsticks: sticks, two sticks | beaters
claw: nail puller, forked end | prongs
block: square, solid | cuboid
d-shaped: D, loop | stirrup-shaped
t-shaped: T, crossbar | crutch-shaped
grip: handle, hold | grasp
bed: platform, loading bed | deck
vase: pot, urn | amphora
small: little, tiny | petite
lower: bottom, under | underneath
"""


@dataclass(frozen=True)
class Words:
    """Other words for one of the library's own."""

    training: tuple[str, ...]
    held_out: str


def parse(table: str) -> Mapping[str, Words]:
    """`word: others for training | held out`, a line each; the first line for a word counts."""
    words: dict[str, Words] = {}
    for line in table.strip().splitlines():
        own, rest = line.split(":")
        training, held_out = rest.split("|")
        words.setdefault(own.strip(), Words(tuple(w.strip() for w in training.split(",")), held_out.strip()))
    return MappingProxyType(words)


LEXICON = parse(TABLE)
PLAIN_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "around",
        "in",
        "into",
        "made",
        "of",
        "on",
        "one",
        "the",
        "their",
        "to",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "with",
    ]
)


def pieces(phrase: str) -> list[str]:
    """A phrase of the library cut into the longest pieces that the lexicon knows."""
    words = phrase.lower().split()
    found: list[str] = []
    while words:
        length = next((n for n in (4, 3, 2) if " ".join(words[:n]) in LEXICON), 1)
        found.append(" ".join(words[:length]))
        del words[:length]
    return found
