"""Countries with their adjectives and seats of government: "Moscow denies" and "Ukrainian officials" name states."""
# ruff: noqa: E501 (a pattern reads better in one line)

_TABLE = """
Afghanistan|Afghan|Kabul; Algeria|Algerian|Algiers; Argentina|Argentine,Argentinian|Buenos Aires; Armenia|Armenian|Yerevan;
Australia|Australian|Canberra; Austria|Austrian|Vienna; Azerbaijan|Azerbaijani|Baku; Bangladesh|Bangladeshi|Dhaka;
Belarus|Belarusian|Minsk; Belgium|Belgian|; Brazil|Brazilian|Brasilia; Bulgaria|Bulgarian|Sofia; Burma|Burmese|;
Cambodia|Cambodian|Phnom Penh; Canada|Canadian|Ottawa; Chad|Chadian|; Chile|Chilean|Santiago; China|Chinese|Beijing;
Colombia|Colombian|Bogota; Croatia|Croatian|Zagreb; Cuba|Cuban|Havana; Czech Republic|Czech|Prague; Denmark|Danish|Copenhagen;
Egypt|Egyptian|Cairo; Eritrea|Eritrean|Asmara; Estonia|Estonian|Tallinn; Ethiopia|Ethiopian|Addis Ababa; Finland|Finnish|Helsinki;
France|French|Paris; Georgia|Georgian|Tbilisi; Germany|German|Berlin; Greece|Greek|Athens; Hungary|Hungarian|Budapest;
India|Indian|New Delhi,Delhi; Indonesia|Indonesian|Jakarta; Iran|Iranian|Tehran; Iraq|Iraqi|Baghdad; Ireland|Irish|Dublin;
Israel|Israeli|Jerusalem; Italy|Italian|Rome; Japan|Japanese|Tokyo; Jordan|Jordanian|Amman; Kazakhstan|Kazakh|Astana;
Kenya|Kenyan|Nairobi; Kuwait|Kuwaiti|; Latvia|Latvian|Riga; Lebanon|Lebanese|Beirut; Libya|Libyan|Tripoli; Lithuania|Lithuanian|Vilnius;
Malaysia|Malaysian|Kuala Lumpur; Mali|Malian|Bamako; Mexico|Mexican|; Moldova|Moldovan|Chisinau; Mongolia|Mongolian|;
Morocco|Moroccan|Rabat; Myanmar|Myanmar|Naypyidaw; Netherlands|Dutch|The Hague; New Zealand|New Zealand|Wellington; Niger|Nigerien|Niamey;
Nigeria|Nigerian|Abuja; North Korea|North Korean|Pyongyang; Norway|Norwegian|Oslo; Pakistan|Pakistani|Islamabad; Peru|Peruvian|Lima;
Philippines|Philippine,Filipino|Manila; Poland|Polish|Warsaw; Portugal|Portuguese|Lisbon; Qatar|Qatari|Doha; Romania|Romanian|Bucharest;
Russia|Russian|Moscow; Rwanda|Rwandan|Kigali; Saudi Arabia|Saudi|Riyadh; Serbia|Serbian|Belgrade; Slovakia|Slovak|Bratislava;
Somalia|Somali|Mogadishu; South Africa|South African|Pretoria; South Korea|South Korean|Seoul; Spain|Spanish|Madrid; Sri Lanka|Sri Lankan|Colombo;
Sudan|Sudanese|Khartoum; Sweden|Swedish|Stockholm; Switzerland|Swiss|Bern; Syria|Syrian|Damascus; Taiwan|Taiwanese|Taipei;
Tajikistan|Tajik|; Thailand|Thai|Bangkok; Tunisia|Tunisian|Tunis; Turkey|Turkish|Ankara; Turkmenistan|Turkmen|; Ukraine|Ukrainian|Kyiv,Kiev;
United Arab Emirates|Emirati|Abu Dhabi; United Kingdom|British,UK|London; United States|American,US,U.S.|Washington; Uzbekistan|Uzbek|Tashkent;
Venezuela|Venezuelan|Caracas; Vietnam|Vietnamese|Hanoi; Yemen|Yemeni|Sanaa; Zimbabwe|Zimbabwean|Harare; Europe|European|Brussels
"""
COUNTRIES: dict[str, str] = {}
"""Country, adjective or capital → country."""
ADJECTIVES: dict[str, str] = {}
"""Adjective → country."""
CAPITALS: dict[str, str] = {}
"""Capital → country."""
for _row in _TABLE.replace("\n", " ").split(";"):
    _name, _adjectives, _capitals = (part.strip() for part in _row.split("|"))
    COUNTRIES[_name] = _name
    for _word in filter(None, _adjectives.split(",")):
        ADJECTIVES[_word] = COUNTRIES[_word] = _name
    for _word in filter(None, _capitals.split(",")):
        CAPITALS[_word] = COUNTRIES[_word] = _name
