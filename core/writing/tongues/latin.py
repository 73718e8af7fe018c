"""Terms of prompts in languages of the Latin script. Pure data.

``english: term, term``; a star stands for any ending, as adjectives have them. No accents: they are folded.
"""

SPANISH = """
passionate: apasionad*; double bass: contrabajo; sad: trist*; happy: alegre*, feliz, felices; calm:
tranquil*, relajante*, relajad*, sosegad*; dark: oscur*, sombri*; warm: calid*; romantic: romantic*;
energetic: energic*; epic: epic*; melancholic: melancolic*; nostalgic: nostalgic*; dreamy: sonador*;
mysterious: misterios*; angry: furios*, enojad*; uplifting: esperanzador*, animad*; playful: juguet*,
divertid*; tense: tenso, tensa; slow: lento, lenta, lentos, lentas; fast: rapid*; very slow: muy lent*;
very fast: muy rapid*; guitar: guitarra*; acoustic guitar: guitarra acustica; electric guitar: guitarra
electrica; spanish guitar: guitarra espanola, guitarra flamenca; violin: violin, violines; trumpet:
trompeta*; drums: bateria*, tambores; percussion: percusion*; bass: bajo; flute: flauta*; accordion:
acordeon*; saxophone: saxofon*; harp: arpa; strings: cuerdas; choir: coro; synth: sintetizador*; organ:
organo; bells: campanas; vocals: voces, voz; sung: cantad*; female vocals: voz femenina; male vocals:
voz masculina; lullaby: cancion de cuna; soundtrack: banda sonora; march: marcha; classical: clasica,
clasico; electronic: electronic*; children: infantil*; waltz: vals; ballad: balada*; latin: latin*,
bachata, bolero
"""
FRENCH = """
tender: doux, douce; double bass: contrebasse*; sad: triste, tristes; happy: joyeu*, heureu*, gai, gaie;
calm: calme*, apais*, relaxant*, paisible*; dark: sombre*; warm: chaleureu*; romantic: romantique*;
energetic: energique*; epic: epique*; melancholic: melancolique*; nostalgic: nostalgique*; dreamy:
reveu*, onirique*; mysterious: mysterieu*; angry: furieu*, coler*; uplifting: optimiste*; playful:
ludique*, espiegle*; slow: lent, lente, lentement; fast: rapide*, vite; very slow: tres lent, tres
lente; very fast: tres rapide; guitar: guitare*; acoustic guitar: guitare acoustique; electric guitar:
guitare electrique; violin: violon, violons; cello: violoncelle*; trumpet: trompette*; drums: batterie*,
tambour*; percussion: percussion*; bass: basse; flute: flute*; accordion: accordeon*; saxophone:
saxophone*; harp: harpe*; strings: cordes; choir: choeur*; synth: synthetiseur*; organ: orgue*; bells:
cloches; vocals: voix, chant; sung: chante, chantee; female vocals: voix feminine, voix de femme; male
vocals: voix masculine; lullaby: berceuse*; soundtrack: bande originale, musique de film; march: marche;
classical: classique*; electronic: electronique*; waltz: valse*; folk: folklorique*; ballad: ballade
"""
GERMAN = """
double bass: kontrabass; sad: traurig*; happy: frohlich*, gluckl*, heiter*; calm: ruhig*, entspann*,
friedlich*; dark: dunkl*, duster*, dunkel; warm: warme, warmer, warmes, gemutlich*; romantic:
romantisch*; energetic: energisch*, kraftvoll*; epic: episch*; melancholic: melancholisch*; nostalgic:
nostalgisch*; dreamy: vertraumt*; mysterious: geheimnisvoll*; angry: wutend*; uplifting: hoffnungsvoll*,
aufbauend*; brass section: blasmusik, blechblaser*, blaskapelle; playful: verspielt*, lustig*; slow:
langsam*; fast: schnell*, flott*, zugig*; very slow: sehr langsam*; very fast: sehr schnell*; piano:
klavier*, flugel; guitar: gitarre*; acoustic guitar: akustikgitarre*, akustische gitarre; electric
guitar: e-gitarre*, elektrische gitarre; violin: geige*, violine*; cello: celli; trumpet: trompete*;
trombone: posaune*; drums: schlagzeug*, trommel*; percussion: perkussion*; bass: bass*; flute: flote*,
querflote; accordion: akkordeon*; saxophone: saxofon*; harp: harfe*; strings: streicher*; synth:
synthesizer*; organ: orgel*; bells: glocken; horn: waldhorn*; vocals: gesang, stimme*; female vocals:
frauenstimme, weibliche stimme, sangerin; male vocals: mannerstimme, mannliche stimme; lullaby:
wiegenlied*, schlaflied*; soundtrack: filmmusik; march: marsch*; classical: klassisch*, klassik;
electronic: elektronisch*; waltz: walzer*; folk: volkslied*, volksmusik; children: kinderlied*; ballad:
ballade
"""
ITALIAN = """
double bass: contrabbasso; passionate: appassionat*; sad: triste, tristi; happy: allegr*, felice,
felici; calm: tranquill*, rilassante*, calma, calmo; dark: oscur*, cupo, cupa; warm: caldo, calda;
romantic: romantic*; energetic: energic*; epic: epic*; melancholic: malinconic*; nostalgic: nostalgic*;
dreamy: sognante*; mysterious: misterios*; angry: arrabbiat*; slow: lento, lenta, lenti; fast: veloce*,
veloci; very slow: molto lent*; very fast: molto veloce; piano: pianoforte; guitar: chitarra, chitarre;
acoustic guitar: chitarra acustica; electric guitar: chitarra elettrica; violin: violino, violini;
cello: violoncello; trumpet: tromba, trombe; drums: batteria; percussion: percussioni; bass: basso;
flute: flauto; accordion: fisarmonica; saxophone: sassofono; harp: arpa; strings: archi; choir: coro;
synth: sintetizzatore; organ: organo; bells: campane; vocals: voce, voci; sung: cantat*; female vocals:
voce femminile; male vocals: voce maschile; instrumental: strumental*; lullaby: ninna nanna; soundtrack:
colonna sonora; march: marcia; classical: classica, classico; electronic: elettronic*; waltz: valzer;
ballad: ballata; mandolin: mandolino
"""
PORTUGUESE = """
sad: triste, tristes; happy: alegre*, feliz, felizes; calm: calm*, relaxante*, tranquil*; dark: escur*,
sombri*; warm: quente; romantic: romantic*; energetic: energic*; epic: epic*; melancholic: melancolic*;
nostalgic: nostalgic*, saudade; dreamy: sonhador*; mysterious: misterios*; angry: furios*, zangad*;
slow: lento, lenta, devagar; fast: rapid*; very slow: muito lent*; very fast: muito rapid*; guitar:
violao, guitarra*; acoustic guitar: violao acustico; electric guitar: guitarra eletrica; violin:
violino*; cello: violoncelo; trumpet: trompete*; drums: bateria*; percussion: percussao; bass: baixo;
flute: flauta*; accordion: acordeao, sanfona; saxophone: saxofone*; harp: harpa; strings: cordas; synth:
sintetizador*; organ: orgao; bells: sinos; vocals: voz, vozes, vocais; sung: cantad*; female vocals: voz
feminina; male vocals: voz masculina; lullaby: cancao de ninar; soundtrack: trilha sonora; march:
marcha; electronic: eletronic*; waltz: valsa; ballad: balada; ukulele: cavaquinho; latin: forro,
sertanejo; funk: baile funk
"""
POLISH = """
sad: smutn*; happy: wesol*, radosn*; calm: spokojn*, relaksacyjn*; dark: mroczn*, ciemn*; warm: ciepl*;
romantic: romantyczn*; energetic: energiczn*; epic: epick*; melancholic: melancholijn*; nostalgic:
nostalgiczn*; slow: woln*, powoln*; fast: szybk*; very slow: bardzo woln*; very fast: bardzo szybk*;
piano: fortepian*, pianin*; guitar: gitar*; acoustic guitar: gitara akustyczna; electric guitar: gitara
elektryczna; violin: skrzyp*; cello: wiolonczel*; trumpet: trabk*; drums: perkusj*, bebn*; flute: flet,
fletu; accordion: akordeon*; strings: smyczk*; choir: choru, chorem; organ: organy; vocals: wokal*,
glosem, spiew*; instrumental: instrumentaln*; lullaby: kolysank*; march: marsz; classical: klasyczn*;
electronic: elektroniczn*; waltz: walc*; folk: ludow*; ballad: ballad*
"""
DUTCH = """
sad: droevig*, verdrietig*, treurig*; happy: vrolijk*, blij, blije; calm: rustig*, ontspann*; dark:
donker*, duister*; romantic: romantisch*; energetic: energiek*; epic: episch*; melancholic:
melancholisch*; slow: langzaam, langzame, traag; fast: snel, snelle; guitar: gitaar, gitaren; acoustic
guitar: akoestische gitaar; electric guitar: elektrische gitaar; violin: viool; drums: slagwerk,
drumstel; flute: fluit; accordion: accordeon, trekzak; double bass: contrabas; dance: dansmuziek;
strings: strijkers; choir: koor; vocals: zang; female vocals: vrouwenstem; male vocals: mannenstem;
instrumental: instrumentaal, instrumentale; lullaby: slaapliedje; soundtrack: filmmuziek; classical:
klassiek*; electronic: elektronisch*; waltz: wals
"""
TURKISH = """
sad: huzunlu, uzgun; happy: neseli, mutlu; calm: sakin, huzurlu, rahatlatici; dark: karanlik; warm:
sicak; romantic: romantik; energetic: enerjik; epic: epik; melancholic: melankolik; nostalgic:
nostaljik; slow: yavas; fast: hizli; piano: piyano, piyanolu; guitar: gitar, gitarli; acoustic guitar:
akustik gitar; electric guitar: elektro gitar; violin: keman; cello: viyolonsel, cello; trumpet:
trompet; drums: davul, bateri; flute: flut; accordion: akordeon; strings: yaylilar; choir: koro; vocals:
vokal; instrumental: enstrumantal, sozsuz; no drums: davulsuz; no vocals: vokalsiz; female vocals: kadin
sesi; male vocals: erkek sesi; lullaby: ninni; classical: klasik; electronic: elektronik; waltz: vals;
folk: turku
"""
INDONESIAN = """
sad: sedih; happy: ceria, gembira; calm: tenang, santai; dark: gelap; warm: hangat; romantic: romantis;
energetic: energik, semangat; epic: epik; melancholic: melankolis; nostalgic: nostalgia; slow: lambat,
pelan; fast: cepat; guitar: gitar; acoustic guitar: gitar akustik; electric guitar: gitar listrik;
violin: biola; trumpet: terompet; drums: drum, gendang; flute: suling, seruling; vocals: vokal; no
vocals: tanpa vokal; lullaby: nina bobo; classical: klasik; electronic: elektronik; strings: alat gesek;
choir: paduan suara
"""
SWEDISH = """
sad: sorgsen, sorgsna, sorglig*, ledsen; happy: glada, gladlynt*, muntra; calm: lugn*, avslappn*; dark:
mork*, dyster*; warm: varma, varmt; romantic: romantisk*; energetic: energisk*; epic: episk*;
melancholic: melankolisk*, vemodig*; nostalgic: nostalgisk*; dreamy: dromsk*, drommande; mysterious:
mystisk*; angry: ilsk*; slow: langsam*; fast: snabb*; very slow: mycket langsam*; very fast: mycket
snabb*; piano: pianot, flygel; guitar: gitarr*; acoustic guitar: akustisk gitarr; electric guitar:
elgitarr*, elektrisk gitarr; violin: fiol*; children: barnsang*, barnvisa*; dance: dansmusik; drums:
trummor, trumma, trumset; percussion: slagverk; bass: basen, basgang; flute: flojt*, tvarflojt;
accordion: dragspel*; saxophone: saxofon*; strings: strakar, strakinstrument; choir: kor, koren; organ:
orgel; vocals: sangrost; no vocals: utan sang; female vocals: kvinnlig sang, kvinnorost, kvinnlig rost;
male vocals: manlig sang, mansrost, manlig rost; instrumental: instrumentell*; lullaby: vaggvisa*;
soundtrack: filmmusik; classical: klassisk*; electronic: elektronisk*; waltz: vals; folk: folkvisa*
"""
DANISH_AND_NORWEGIAN = """
sad: sorgelig*, bedrovet, vemodig*; happy: glade, munter*, lykkelig*; calm: rolig*, afslapp*, avslapp*;
dark: morke; warm: varmt; energetic: energisk*; epic: episk*; melancholic: melankolsk*; dreamy: drommende;
angry: vrede; piano: klaver*; slow: langsomt, langsom, langsomme, sakte; fast: hurtig*, raskt, raske;
double bass: kontrabas*; vocals: stemmer, stemme; children: barnesang*; dance: dansemusik*; acoustic guitar:
akustisk guitar, akustisk gitar; electric guitar: elguitar, elgitar, elektrisk guitar, elektrisk gitar;
violin: fiolin*; drums: trommer, trommesaet, trommesett; flute: flojte*, floyte*; accordion: trekkspill*;
saxophone: saksofon*; strings: strygere, strykere; choir: koret; bells: klokker; no vocals: uden sang, uten
sang, uden vokal, uten vokal; female vocals: kvindestemme, kvinnestemme, kvindelig vokal, kvinnelig vokal;
male vocals: mandsstemme, mannsstemme, mandlig vokal, mannlig vokal; instrumental: instrumentalt; lullaby:
vuggevise*; soundtrack: filmmusikk; folk: folkemusik*, folkevise*
"""
FINNISH = """
sad: surulli*; happy: iloinen, iloista, iloisesti, onnelli*; calm: rauhalli*; dark: synkk*, synka*, tumma*;
warm: lammin, lamminta; romantic: romantti*; energetic: energinen, energista; epic: eeppi*; melancholic:
haikea*; slow: hidas, hidasta, hitaasti; fast: nopea*; guitar: kitara*; acoustic guitar: akustinen kitara,
akustista kitaraa; electric guitar: sahkokitara*; violin: viulu*; drums: rummut, rumpuja, rumpu; bass:
bassoa; flute: huilu*; accordion: haitari*; choir: kuoro*; strings: jouset, jousia; organ: urut; vocals:
laulua; no vocals: ilman laulua; no drums: ilman rumpuja; female vocals: naisaani, naislaulu; male vocals:
miesaani, mieslaulu; lullaby: kehtolaulu*; waltz: valssi*; march: marssi*; folk: kansanmusiik*; soundtrack:
elokuvamusiik*
"""
LATIN = (
    *(SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, POLISH, DUTCH, TURKISH, INDONESIAN),
    *(SWEDISH, DANISH_AND_NORWEGIAN, FINNISH),
)
NEGATIONS = "sin ohne kein keine keinen sans senza sem bez zonder tanpa pas nao geen utan uden uten ilman"
SMALL_WORDS = """
el la los las espanol
un una unos unas de del con y en para por cancion musica tema sobre muy que al estilo pieza
le les des du au aux une avec et pour sur chanson musique morceau tres dans ou
der die das den dem ein eine einen einem einer mit und fur uber lied musik stuck sehr im von zum
il lo gli dei della con e per su canzone brano molto una di
o os um uma com e para sobre musica cancao muito da do no na
i w na z dla o piosenka utwor muzyka bardzo
de het een met en voor over lied liedje muziek heel nummer
etwa ungefahr rund cirka circa environ ongeveer unos alrededor cerca noin omkring pa svenska dansk norsk
bir ile ve icin sarki muzik parca hakkinda cok
lagu musik dengan dan untuk tentang yang di sebuah
och ett med for latt musik mycket som av om sang
og et til af meget med stykke musikk veldig
ja kappale musiikkia hyvin kanssa
"""
JOINED_HEADS = """
lied lieder liedje musik muziek musikk musiikki song songs track stuck stuk nummer sang lat visa vise solo
beat beats begleitung begeleiding klange stimmung kappale laulu spel spiel spill
"""
"""What ends a word that German, Dutch and the Nordic languages write as one, and says nothing itself."""
NO_COMPOUNDS = "bluebell bluebells clubhouse countryfolk dreamworld grandchildren slaphappy"
"""English words that only look like two terms: of the 79,000 of seven letters or more in CMU's list."""
JOINTS = ("", "s", "es", "n", "en", "e", "er")
"""Letters between the parts of such a word."""
