"""Terms of prompts in other scripts. Pure data, written as in :mod:`core.writing.tongues.latin`."""

RUSSIAN = """
double bass: контрабас*; sad: грустн*, печальн*; happy: весел*, радостн*, счастлив*; calm: спокойн*,
расслабля*, умиротвор*; dark: темн*, мрачн*; warm: тепл*, уютн*; romantic: романтич*; energetic:
энергичн*, мощн*; epic: эпичн*, эпическ*; melancholic: меланхоли*; nostalgic: ностальг*; dreamy:
мечтательн*; mysterious: таинствен*, загадочн*; angry: злая, злой, яростн*, агрессивн*; uplifting:
вдохновля*; playful: игрив*; tense: напряжен*; slow: медленн*; fast: быстр*; very slow: очень медленн*;
very fast: очень быстр*; piano: фортепиано, пианино, рояль; guitar: гитар*; acoustic guitar: акустическ*
гитар*; electric guitar: электрогитар*; violin: скрипк*; cello: виолончел*; trumpet: труба, трубы,
трубой; drums: барабан*, ударн*; bass: бас, баса, басом; flute: флейт*; accordion: аккордеон*, баян*;
saxophone: саксофон*; harp: арфа, арфы; strings: струнн*; choir: хор, хором; synth: синтезатор*; organ:
орган; bells: колокол*; vocals: вокал*, голос*, пение*, слов; female vocals: женск* вокал*, женск*
голос*; male vocals: мужск* вокал*, мужск* голос*; instrumental: инструментал*; lullaby: колыбельн*;
soundtrack: саундтрек*; cinematic: кинематограф*; march: марш; classical: классическ*, классика;
electronic: электронн*; waltz: вальс; folk: народн*, фолк; rock: рок; pop: поп, попса; jazz: джаз*;
blues: блюз*; metal: метал, металл; hip hop: хип-хоп; rap: рэп; house: хаус; techno: техно; ambient:
эмбиент; lo-fi: лоу-фай, лоуфай; disco: диско; punk: панк, панк рок; reggae: регги; funk: фанк; ballad:
баллада; country: кантри
"""
ARABIC = """
sad: حزين, حزينة; happy: سعيد, سعيدة, مرح, مرحة; calm: هادئ, هادئة; dark: مظلم, مظلمة; warm: دافئ,
دافئة; romantic: رومانسي, رومانسية; energetic: حماسي, حماسية; epic: ملحمي, ملحمية; slow: بطيء, بطيئة;
fast: سريع, سريعة; piano: بيانو; guitar: غيتار, جيتار, قيثارة; violin: كمان; drums: طبول, درامز; flute:
ناي, فلوت; strings: وتريات; choir: كورال; vocals: غناء, صوت; instrumental: موسيقى فقط, آلات فقط; no
vocals: بدون غناء, بدون كلمات; lullaby: تهويدة; classical: كلاسيكي, كلاسيكية; electronic: إلكتروني,
إلكترونية; rock: روك; pop: بوب; jazz: جاز; hip hop: هيب هوب; rap: راب
"""
HINDI = """
sad: उदास, दुखी, दर्द, दुखभरा, दुखभरी; happy: खुश, खुशी, आनंदमय; calm: शांत, सुकून; dark: अंधेरा,
अंधेरी; romantic: रोमांटिक; energetic: ऊर्जावान, जोशीला, जोशीली; epic: महाकाव्य; slow: धीमा, धीमी, धीमे;
fast: तेज़, तेज; piano: पियानो; guitar: गिटार; violin: वायलिन; drums: ड्रम, ढोल, तबला; flute: बांसुरी,
बाँसुरी; sitar: सितार; strings: तार वाद्य; vocals: आवाज़, गायन; instrumental: वाद्य संगीत, वाद्य;
lullaby: लोरी; classical: शास्त्रीय; electronic: इलेक्ट्रॉनिक; rock: रॉक; pop: पॉप; jazz: जैज़; folk:
लोक; hip hop: हिप हॉप
"""
CHINESE = """
sad: 悲伤, 悲傷, 伤感, 傷感, 忧伤, 憂傷; happy: 快乐, 快樂, 欢快, 歡快, 开心, 開心; calm: 平静, 平靜,
宁静, 寧靜, 舒缓, 舒緩, 放松, 放鬆, 安静, 安靜; dark: 黑暗, 阴暗, 陰暗; warm: 温暖, 溫暖, 温馨, 溫馨;
romantic: 浪漫; energetic: 充满活力, 激烈, 激昂, 动感, 動感; epic: 史诗, 史詩; melancholic: 忧郁, 憂鬱;
nostalgic: 怀旧, 懷舊; dreamy: 梦幻, 夢幻; mysterious: 神秘; angry: 愤怒, 憤怒; tense: 紧张, 緊張; slow:
慢速, 缓慢, 緩慢; fast: 快速; piano: 钢琴, 鋼琴; guitar: 吉他; acoustic guitar: 木吉他, 原声吉他,
民谣吉他; electric guitar: 电吉他, 電吉他; violin: 小提琴; cello: 大提琴; trumpet: 小号, 小號; drums:
架子鼓, 鼓声, 鼓; bass: 贝斯, 貝斯; flute: 长笛, 長笛, 笛子; accordion: 手风琴; saxophone: 萨克斯,
薩克斯; harp: 竖琴; strings: 弦乐, 弦樂; choir: 合唱; synth: 合成器; koto: 古筝, 古箏; vocals: 人声,
人聲, 歌声; female vocals: 女声, 女聲; male vocals: 男声, 男聲; instrumental: 纯音乐, 純音樂, 器乐,
器樂, 伴奏; no vocals: 无人声, 無人聲, 没有人声, 沒有人聲, 不要人声; no drums: 无鼓, 没有鼓, 不要鼓;
lullaby: 摇篮曲, 搖籃曲; soundtrack: 电影配乐, 配乐; march: 进行曲; classical: 古典; electronic: 电子,
電子; rock: 摇滚, 搖滾; pop: 流行; folk: 民谣, 民謠; jazz: 爵士; blues: 蓝调, 藍調, 布鲁斯; metal: 金属,
重金属; hip hop: 嘻哈; rap: 说唱, 說唱; waltz: 圆舞曲, 华尔兹; ballad: 抒情; country: 乡村; disco:
迪斯科; reggae: 雷鬼
"""
JAPANESE = """
sad: 悲しい, 悲しげ, 切ない; happy: 楽しい, 嬉しい, 明るい; calm: 穏やか, 静かな, 静か, 落ち着いた,
リラックス; dark: 暗い, ダーク; warm: 温かい, 暖かい, あたたかい; romantic: ロマンチック; energetic:
激しい, エネルギッシュ, 力強い; epic: 壮大な, 壮大; melancholic: 物悲しい, 憂鬱; nostalgic: 懐かしい,
ノスタルジック; dreamy: 幻想的, 夢のような; mysterious: 神秘的, 不思議; slow: ゆっくり, 遅い, スロー;
fast: 速い, アップテンポ; piano: ピアノ; guitar: ギター; acoustic guitar: アコースティックギター,
アコギ; electric guitar: エレキギター; violin: バイオリン, ヴァイオリン; cello: チェロ; trumpet:
トランペット; drums: ドラム; bass: ベース; flute: フルート; accordion: アコーディオン; saxophone:
サックス; harp: ハープ; strings: ストリングス, 弦楽; choir: 合唱, コーラス隊; synth: シンセサイザー,
シンセ; koto: 琴, 三味線; organ: オルガン; vocals: ボーカル, 歌声; female vocals: 女性ボーカル; male
vocals: 男性ボーカル; instrumental: インストゥルメンタル, インスト; no vocals: ボーカルなし, 歌なし,
ボーカル無し; no drums: ドラムなし, ドラム無し; lullaby: 子守唄, 子守歌; soundtrack: サウンドトラック,
映画音楽; march: 行進曲; classical: クラシック; electronic: エレクトロニック, 電子音楽; rock: ロック;
pop: ポップス, ポップ; folk: フォーク, 民謡; jazz: ジャズ; blues: ブルース; metal: メタル; hip hop:
ヒップホップ; rap: ラップ; waltz: ワルツ; ballad: バラード; lo-fi: ローファイ; house: ハウス; techno:
テクノ; ambient: アンビエント; bossa nova: ボサノバ, ボサノヴァ; disco: ディスコ; funk: ファンク;
reggae: レゲエ
"""
KOREAN = """
sad: 슬픈, 슬프고, 애절한; happy: 행복한, 신나는, 즐거운, 밝은; calm: 잔잔한, 차분한, 평온한, 편안한;
dark: 어두운; warm: 따뜻한; romantic: 로맨틱한, 로맨틱; energetic: 강렬한, 에너지 넘치는, 힘찬; epic:
웅장한; melancholic: 우울한; nostalgic: 그리운, 향수; dreamy: 몽환적인, 몽환적; mysterious: 신비로운;
slow: 느린, 느리고; fast: 빠른, 빠르고; piano: 피아노; guitar: 기타; acoustic guitar: 어쿠스틱 기타,
통기타; electric guitar: 일렉 기타, 일렉기타; violin: 바이올린; cello: 첼로; trumpet: 트럼펫; drums:
드럼; bass: 베이스; flute: 플루트; saxophone: 색소폰; strings: 현악, 스트링; choir: 합창; synth:
신디사이저, 신스; vocals: 보컬, 목소리; female vocals: 여성 보컬, 여자 보컬; male vocals: 남성 보컬,
남자 보컬; instrumental: 연주곡, 인스트루멘탈; no vocals: 보컬 없이, 보컬 없는, 가사 없는; no drums:
드럼 없이, 드럼 없는; lullaby: 자장가; classical: 클래식; electronic: 일렉트로닉, 전자 음악; rock: 록,
락; pop: 팝; folk: 포크; jazz: 재즈; blues: 블루스; metal: 메탈; hip hop: 힙합; rap: 랩; waltz: 왈츠;
ballad: 발라드; lo-fi: 로파이; house: 하우스; techno: 테크노; ambient: 앰비언트; disco: 디스코
"""
SPACED = (RUSSIAN, ARABIC, HINDI)
UNSPACED = (CHINESE, JAPANESE, KOREAN)
"""Languages whose terms stand beside other words without a space, or with particles at their ends."""
NEGATIONS = "без بدون बिना 不要 没有 沒有 無"
SMALL_WORDS = """
и в на с со о об про для песня песню песни музыка музыку трек мелодия очень стиле в
و في مع من عن على أغنية موسيقى
का की के में और एक गाना गीत संगीत साथ के लिए पर वाला गति
的 和 与 與 一首 首 歌 曲 歌曲 音乐 音樂 关于 關於 一个 用 有 带 帶
の な で に を は が と も 曲 歌 音楽 風 系 あり っぽい について
의 와 과 을 를 이 가 은 는 로 으로 노래 음악 곡 풍 있는 에 대한
"""
