// secret-words: the words that secrets are made of.
//
// 1,296 (6^4) short, common, inoffensive English words, in order, of which no two begin with the same four
// letters and none begins another. A list of our own; the native programs take theirs from this file.
//
// SPDX-License-Identifier: GPL-3.0-or-later

export const SECRET_WORDS = Object.freeze(`
abide able abode above absent acorn acre across actor adapt adobe adore adult advice aerial afford again
agate agenda agile agree ahead airy aisle ajar alarm album alder alert algae alias alibi alive alley allow
almond alone alpaca alpine also alter always amaze amber amend amigo ample amuse anchor angle animal ankle
annex answer anvil apart apex apple apron aqua arbor arcade arch arena argue arid arise armor aroma around
array arrive arrow artist ascend ashore aside aspen aspire aster atlas atom attic audio august aunt aurora
autumn avenue avoid awake award away awning axis axle azure badge bagel bait bake ballet balsa bamboo banana
banjo banner barber bard barge bark barley barn basil basket batch bath baton beach beagle beak bean bear
beaver become beech beetle before begin behind belfry bell bench bend beret berry beside bevel beyond binder
bingo birch bird bison bite blade blaze blend blink bliss block bloom blouse blue board boat bobcat bold
bolt bonnet bonus book boot border bottle bounce bowl braid brake branch brass brave bread breeze brick
bridge bright brook brown brush bubble bucket buddy budget bugle build bulb bundle bunny buoy burger bushel
butter buzz cabin cable cactus cadet cafe cake calf calm camel camp canary candle canoe canvas canyon cape
card cargo carol carpet carrot carve cashew castle cattle cavern cedar celery cello cement census cereal
chair chalk charm chase cheese chef cherry chess chief chime chin chip chive choir chorus cider cinema
circle citrus city civic claim clam clang clap class clay clean clerk clever click cliff climb clinic clock
cloud clover clue coach coast coat cobalt cocoa code coffee coil coin collar comb comet comic condor cone
cookie cool copper coral cord cork corn cosmos couch count cover coyote cozy crab cradle craft crane crater
crayon cream credit creek crisp crocus croft crop cross crown cruise cube cuckoo cuddle custom cycle cymbal
dairy daisy dance dapper daring dawn dazzle debate debut decide deck deep deer degree delta delve denim
depend deputy derby design detail dial diary diesel dill dime dinner diode dipper direct disco dish ditto
diver divide dizzy dock doctor dollar domain dome domino donkey doodle door dory double dough dove down
dozen draft dragon drama draw dream dress drift drive drop drum duck duet duffel dune dusk duty dynamo eager
eagle early earn earth easel east easy echo edge edit effort eider eight either elbow elder eleven elixir
embark ember emblem empire employ empty emu enable energy engine enjoy enough ensure enter entire envoy epic
equal equip errand escort essay estate ether every evolve exact excite exile exit exotic expert extra fable
fabric face fact falcon fall family fancy farm fast father faucet favor fawn feast fence fern ferry fetch
fiber fiddle field figure filter final finch finger finish fire fish five fjord flag flame flash flavor
fleece flight flint float flock floor flora flower fluid flute foal foam focus foggy folder folk follow
fondue forest fork form forum fossil found fox frame free fresh friend fringe frog front frost fruit fudge
full funnel future gable gadget galaxy game garage garden garlic garnet gate gather gauge gavel gazebo gecko
genius gentle geyser giant gift ginger glad glass gleam glide globe glove glow glue gnome goal goat goblet
golden golf good goose gopher gorge gospel grace grain grand grape grass gravel great green grid grill grin
group grove guard guava guess guide guitar gulf gully gust habit hair half halo hamlet hammer hand happy
harbor harp hatch haven hawk hazel head health heart heaven hedge helium hello helmet herald herb hermit
heron hidden high hiker hill hinge hippo hobby hockey hoist hollow home honey hood hoof hoop hope hornet
horse hose hotel house hover huddle human humble hummus hurdle husky hutch hyena hymn icicle icing icon idea
idle idyll igloo iguana image impact import inch index indigo indoor inform inlet input insect inside invent
invite iris iron island item ivory jacket jade jaguar jaunty jazz jeans jelly jersey jetty jewel join joker
jolly judge juice july jumbo jump june jury just kale kayak kazoo keen keep kelp kick kiln kind king kiosk
kite kiwi knee knit knock knoll knot koala label lace ladle lake lamb lamp land lapel larch large lark laser
lasso latch later lathe laugh lava lawn layer lead leaf learn ledge left lemon lemur lend lens level lift
light lilac lilt lily limb linen lion list llama loaf lobby local lodge lofty logic long look loom loop lore
lotus loud love lower loyal lucid lucky lunar lunch lute lynx lyre lyric magic magma mail major malt mambo
mane mango manor maple march marsh mask match mayor maze meal medal meet mend menu merit merry mesa metro
mica mild milk mill mimic mind mint mirth mist moat mocha model money month mood moon moor moose moped moss
motel motif motor motto mouse move movie much mulch mule mural music myth nacho nacre name navy near neat
neon nest never nice niece night nine noble node noise nomad nook noon north nose note novel nudge nurse
nylon oak oasis oboe ocean ochre offer often olive omega onion onset onyx opal open opera orbit order organ
otter oval oven over owl oxbow ozone pace pact page paint palm panda panel pansy paper park party pasta
patch path patio pause peace pearl pecan pedal peony pesto petal phone photo piano piece pilot pine pint
pipe pivot pixel pizza place plaid plate play plaza plot plum plus poem poet point polar polka polo pond
pony pool porch port pouch power prawn price print prism prize proof proud pulse puma punch pupil purl purse
quail queen quell quest quick quiet quill quiz quote race radar radio raft rain rally ramp ranch range rapid
rare raven razor reach ready real reed reef regal relax relic rent reply rhino rice ridge right rind ring
ripen rise river road roam roast robin robot rodeo role roof room rope rose rotor round route rover royal
ruby rugby ruler rural sable safe saga sage sail salad salsa salt same sand sash satin sauce sauna save
scale scarf scene scoop scout seal seat seed sense seven shade shape share sheaf sheep shelf shine ship
shirt shore show sift sign silk silo silt since siren six skate skill skip skirt slate sled sleep slice
slide slope small smile smock snack snail snow snug soap soar sock soda sofa soft soil solar solid solo
solve song soon sort soul sound soup south space spark spell spice spoon sport spot spray spry spur stage
stair stamp star state steam steel stem step stick still stoat stone stool stork stove stow straw stump
style sugar suit sunny super sure surf surge swan swell swift swim swing swirl synth syrup tabby table taco
talk tally tame tango tape tart task taste taxi teach teal team teddy tent term tern test text thank theme
think thorn thumb thyme tide tidy tiger tile tilt time tinge tiny title toast today tofu toga token tone
tool topaz topic torch total tour towel town toy track trade trail tree trek trend trick trim trio trout
trunk trust truth tuba tulip tulle tuna tusk tutor tweed twig twill twin twirl twist type ultra umber uncle
under union unit until upper urban urge usher usual value valve vane vapor vase vast vault velvet verb verse
verve very vest vibe video view vigor vine vinyl visit visor vista vital vivid vocal voice vole volt wade
wafer wagon walk waltz warm warp wash watch water wave wedge west whale wharf wheat wheel whirl white whole
wide wild wind wink wise wish wisp wolf wood wool word work world worth woven wrap wren wrist wry yacht yard
yarn yawn year yeti yew yield yodel yoga yoke young yucca zany zeal zebra zero zest zinc zone zoom
`.trim().split(/\s+/));
